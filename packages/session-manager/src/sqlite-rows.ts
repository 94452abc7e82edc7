import { isStoreError, StoreError } from './errors.ts'
import { appendText, setFields } from './session-record.ts'
import type { Change, NewSession, SessionSummary, StoredMessage, StoredSession } from './session-store.ts'
import type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts'
import type { MessageTexts } from './sqlite-texts.ts'
import { decodeTagged, encodeTagged } from './tagged-json.ts'

/** Sessions, a row for each message, and what was streamed since its message was written last. */
export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY, version INTEGER NOT NULL, nextSeq INTEGER NOT NULL, messageCount INTEGER NOT NULL,
    updatedAt INTEGER NOT NULL, archived INTEGER NOT NULL, deleted INTEGER NOT NULL, fields TEXT
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS sessionsByTime ON sessions (deleted, updatedAt, id);
  CREATE TABLE IF NOT EXISTS messages (
    sessionId TEXT, seq INTEGER, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (sessionId, seq)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS messagesById ON messages (sessionId, id);
  CREATE TABLE IF NOT EXISTS journal (
    sessionId TEXT, messageId TEXT, n INTEGER, delta TEXT NOT NULL, PRIMARY KEY (sessionId, messageId, n)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS operations (
    sessionId TEXT, version INTEGER, operationId TEXT NOT NULL, PRIMARY KEY (sessionId, version)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS operationsById ON operations (sessionId, operationId);
  CREATE TABLE IF NOT EXISTS leases (
    sessionId TEXT PRIMARY KEY, fencingToken INTEGER NOT NULL, owner TEXT, renewals INTEGER NOT NULL
  ) WITHOUT ROWID;
`

/** A row of `sessions`; after a purge its `fields` are null, and only id and version mean anything. */
export interface SessionRow {
  readonly id: string
  readonly version: number
  readonly nextSeq: number
  readonly messageCount: number
  readonly updatedAt: number
  readonly archived: number
  readonly deleted: number
  readonly fields: string | null
}

const NO_ROW = { version: 0, nextSeq: 0, messageCount: 0, updatedAt: 0, archived: 0, deleted: 0, fields: null }

type Fields = Pick<
  SessionSummary,
  'title' | 'titleSource' | 'metadata' | 'createdAt' | 'archived' | 'schemaVersion' | 'deletedAt'
>

/** @throws StoreError when the row is damaged. */
export function summaryOf(row: SessionRow): SessionSummary {
  const { id, version, updatedAt, messageCount } = row
  return { id, version, updatedAt, messageCount, ...(decode(id, row.fields ?? '{}') as Fields) }
}

/** A damaged one is listed by its id, so that it hides no other; whoever opens it is told. */
export function listed(row: SessionRow): SessionSummary {
  try {
    return summaryOf(row)
  } catch {
    const { id, updatedAt, archived, deleted } = row
    const fields = { title: id, titleSource: 'default', metadata: {}, createdAt: updatedAt, archived: archived === 1 }
    return summaryOf({ ...row, fields: JSON.stringify(deleted ? { ...fields, deletedAt: updatedAt } : fields) })
  }
}

function decode(sessionId: string, text: string): unknown {
  try {
    return decodeTagged(text)
  } catch (error) {
    throw new StoreError('failed', `session "${sessionId}" cannot be read: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** The statements on one database, prepared once, and what each change does with them. */
export class Rows {
  readonly #statements = new Map<string, SqliteStatement>()
  readonly #database: SqliteDatabase

  constructor(database: SqliteDatabase) {
    this.#database = database
  }

  sql(text: string): SqliteStatement {
    const statement = this.#statements.get(text) ?? this.#database.prepare(text)
    this.#statements.set(text, statement)
    return statement
  }

  session(id: string): SessionRow | undefined {
    return this.sql('SELECT * FROM sessions WHERE id = ?').get(id) as SessionRow | undefined
  }

  whole(row: SessionRow): StoredSession {
    const { messageCount, ...fields } = summaryOf(row)
    return { ...fields, messages: this.messages(row.id) }
  }

  /** A damaged session is found by its title alone, and keeps nobody from finding others. */
  searched(sessionId: string): StoredMessage[] {
    try {
      return this.messages(sessionId)
    } catch (error) {
      if (isStoreError(error)) return []
      throw error
    }
  }

  /** With the pieces that were streamed since, in their order. */
  messages(sessionId: string): StoredMessage[] {
    const bodies = this.sql('SELECT body FROM messages WHERE sessionId = ? ORDER BY seq').all(sessionId)
    const pieces = this.sql('SELECT messageId, delta FROM journal WHERE sessionId = ? ORDER BY messageId, n')
    const text = new Map<string, string>()
    for (const { messageId, delta } of pieces.all(sessionId) as { messageId: string; delta: string }[]) {
      // As JSON: a delta may end between the halves of a character.
      text.set(messageId, (text.get(messageId) ?? '') + decode(sessionId, delta))
    }
    return (bodies as { body: string }[]).map(({ body }) => {
      const message = decode(sessionId, body) as StoredMessage
      const streamed = text.get(message.id)
      return streamed === undefined ? message : appendText(message, streamed)
    })
  }

  /** Applies the changes and returns the session's next row, which is not written yet. */
  apply(id: string, before: SessionRow | undefined, changes: readonly Change[], texts: MessageTexts): SessionRow {
    let row = before ?? { ...NO_ROW, id }
    for (const change of changes) row = this.#apply(row, change, texts)
    return row
  }

  #apply(row: SessionRow, change: Change, texts: MessageTexts): SessionRow {
    const { id } = row
    switch (change.type) {
      case 'create':
        return this.#create(row, change.session, texts)
      case 'append':
        return this.#append(row, change.messages, texts)
      case 'replace': {
        const { message } = change
        const sql = 'UPDATE messages SET body = ? WHERE sessionId = ? AND id = ?'
        this.sql(sql).run(texts.of(message), id, message.id)
        this.sql('DELETE FROM journal WHERE sessionId = ? AND messageId = ?').run(id, message.id)
        return row
      }
      case 'delta': {
        const { messageId, n, delta } = change
        if (this.#seqOf(id, messageId) === undefined) return row
        const values = [id, messageId, n, JSON.stringify(delta)]
        this.sql('INSERT OR REPLACE INTO journal VALUES (?, ?, ?, ?)').run(...values)
        return row
      }
      case 'remove': {
        const seq = this.#seqOf(id, change.messageId)
        return seq === undefined ? row : this.#delete(row, seq, seq)
      }
      case 'truncate': {
        if (change.afterMessageId === null) return this.#delete(row, 0, row.nextSeq)
        const seq = this.#seqOf(id, change.afterMessageId)
        return seq === undefined ? row : this.#delete(row, seq + 1, row.nextSeq)
      }
      case 'set':
        return {
          ...row,
          fields: encodeTagged(setFields(decodeTagged(row.fields ?? '{}') as Fields, change), 'session'),
        }
      case 'purge':
        return { ...this.#delete(row, 0, row.nextSeq), fields: null }
    }
  }

  #create(row: SessionRow, session: NewSession, texts: MessageTexts): SessionRow {
    const { id, version, messages, updatedAt, ...fields } = session
    const fresh = { ...row, updatedAt, messageCount: 0, fields: encodeTagged(fields, 'session') }
    return this.#append(fresh, messages, texts)
  }

  #append(row: SessionRow, messages: readonly StoredMessage[], texts: MessageTexts): SessionRow {
    let { nextSeq, messageCount } = row
    for (const message of messages) {
      if (this.#seqOf(row.id, message.id) !== undefined) continue
      this.sql('INSERT INTO messages VALUES (?, ?, ?, ?)').run(row.id, nextSeq++, message.id, texts.of(message))
      messageCount++
    }
    return { ...row, nextSeq, messageCount }
  }

  #delete(row: SessionRow, first: number, last: number): SessionRow {
    const range = 'WHERE sessionId = ? AND seq BETWEEN ? AND ?'
    const pieces = `DELETE FROM journal WHERE sessionId = ? AND messageId IN (SELECT id FROM messages ${range})`
    this.sql(pieces).run(row.id, row.id, first, last)
    const { changes } = this.sql(`DELETE FROM messages ${range}`).run(row.id, first, last) as { changes: number }
    return { ...row, messageCount: row.messageCount - Number(changes) }
  }

  #seqOf(sessionId: string, messageId: string): number | undefined {
    const row = this.sql('SELECT seq FROM messages WHERE sessionId = ? AND id = ?').get(sessionId, messageId)
    return (row as { seq: number } | undefined)?.seq
  }
}
