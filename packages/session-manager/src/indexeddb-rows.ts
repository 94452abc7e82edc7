import { outcome } from './indexeddb-outcome.ts'
import { setFields } from './session-record.ts'
import type { Change, SessionSummary, StoredMessage } from './session-store.ts'

/** A row of `sessions`; after a purge, only its id and version are left. */
export type SessionRow = SessionSummary & { readonly nextSeq: number; readonly isPurged?: true }

export interface MessageRow {
  readonly sessionId: string
  readonly seq: number
  readonly message: StoredMessage
}

export interface JournalRow {
  readonly sessionId: string
  readonly messageId: string
  readonly n: number
  readonly delta: string
}

/** Sessions, a row for each message, and what was streamed since its message was written last. */
export function createStores(db: IDBDatabase): void {
  db.createObjectStore('sessions', { keyPath: 'id' }).createIndex('updatedAt', ['updatedAt', 'id'])
  const messages = db.createObjectStore('messages', { keyPath: ['sessionId', 'seq'] })
  messages.createIndex('id', ['sessionId', 'message.id'], { unique: true })
  db.createObjectStore('journal', { keyPath: ['sessionId', 'messageId', 'n'] })
  const operations = db.createObjectStore('operations', { keyPath: ['sessionId', 'version'] })
  operations.createIndex('id', ['sessionId', 'operationId'], { unique: true })
  db.createObjectStore('leases', { keyPath: 'sessionId' })
}

/** All rows whose key begins like this; `[]` is greater than every number and string. */
export function beginning(...key: IDBValidKey[]): IDBKeyRange {
  return IDBKeyRange.bound(key, [...key, []])
}

/** Applies changes to the rows of one session. */
export class RowChanges {
  readonly #id: string
  readonly #messages: IDBObjectStore
  readonly #journal: IDBObjectStore

  constructor(id: string, transaction: IDBTransaction) {
    this.#id = id
    this.#messages = transaction.objectStore('messages')
    this.#journal = transaction.objectStore('journal')
  }

  /** Returns the session's next row. */
  async apply(row: SessionRow, change: Change): Promise<SessionRow> {
    switch (change.type) {
      case 'create': {
        const { messages, ...fields } = change.session
        return this.#append({ ...fields, version: 0, messageCount: 0, nextSeq: row.nextSeq }, messages)
      }
      case 'append':
        return this.#append(row, change.messages)
      case 'replace': {
        const { message } = change
        const key = await this.#keyOf(message.id)
        if (key) this.#messages.put({ sessionId: this.#id, seq: key[1], message })
        this.#journal.delete(beginning(this.#id, message.id))
        return row
      }
      case 'delta': {
        const { messageId, n, delta } = change
        if (await this.#keyOf(messageId)) this.#journal.put({ sessionId: this.#id, messageId, n, delta })
        return row
      }
      case 'remove': {
        const key = await this.#keyOf(change.messageId)
        return key ? this.#delete(row, IDBKeyRange.only(key)) : row
      }
      case 'truncate': {
        const all = beginning(this.#id)
        if (change.afterMessageId === null) return this.#delete(row, all)
        const key = await this.#keyOf(change.afterMessageId)
        return key ? this.#delete(row, IDBKeyRange.bound(key, all.upper, true)) : row
      }
      case 'set':
        return setFields(row, change)
      case 'purge': {
        const { nextSeq } = await this.#delete(row, beginning(this.#id))
        return { id: this.#id, isPurged: true, nextSeq } as SessionRow
      }
    }
  }

  async #append(row: SessionRow, messages: readonly StoredMessage[]): Promise<SessionRow> {
    const known = await Promise.all(messages.map(message => this.#keyOf(message.id)))
    const ids = new Set<string>()
    let seq = row.nextSeq
    for (const [index, message] of messages.entries()) {
      if (known[index] || ids.has(message.id)) continue
      ids.add(message.id)
      this.#messages.put({ sessionId: this.#id, seq: seq++, message })
    }
    return { ...row, nextSeq: seq, messageCount: row.messageCount + ids.size }
  }

  async #delete(row: SessionRow, range: IDBKeyRange): Promise<SessionRow> {
    const removed = await outcome(this.#messages.count(range))
    this.#messages.delete(range)
    await this.#sweep()
    return { ...row, messageCount: row.messageCount - removed }
  }

  /** Takes out pieces of messages that are not there any more. */
  async #sweep(): Promise<void> {
    const keys = await outcome(this.#journal.getAllKeys(beginning(this.#id)))
    for (const key of keys as [string, string, number][]) {
      if (!(await this.#keyOf(key[1]))) this.#journal.delete(key)
    }
  }

  #keyOf(messageId: string): Promise<[string, number] | undefined> {
    return outcome(this.#messages.index('id').getKey([this.#id, messageId])) as Promise<[string, number] | undefined>
  }
}
