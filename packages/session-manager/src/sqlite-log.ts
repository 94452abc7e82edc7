import type { Change, StoreNotice } from './session-store.ts'
import type { Rows } from './sqlite-rows.ts'
import type { MessageTexts } from './sqlite-texts.ts'
import { decodeTagged } from './tagged-json.ts'
import { uniqueId } from './unique-id.ts'

/** The latest commits of each session, for those who have the version before. */
export const LOG_SCHEMA = `
  CREATE TABLE IF NOT EXISTS changes (
    seq INTEGER PRIMARY KEY, sessionId TEXT NOT NULL, version INTEGER NOT NULL, writer TEXT NOT NULL, body TEXT
  );
  CREATE INDEX IF NOT EXISTS changesByVersion ON changes (sessionId, version);
`

/** Of each session, this many commits are kept; and none that is longer than this, in characters. */
const KEPT = 100
const MAX_LENGTH = 65_536
/** How often a file is looked at that others may write to. */
const POLL_MS = 50

/** What was committed last, by whom, and who hears of it: in this process at once, in others when they look. */
export class ChangeLog {
  readonly #rows: Rows
  readonly #listeners = new Set<(notice: StoreNotice) => void>()
  readonly #writer = uniqueId()
  #timer: ReturnType<typeof setInterval> | undefined
  #seen = 0
  #dataVersion: unknown

  constructor(rows: Rows) {
    this.#rows = rows
  }

  /** Inside the transaction of the commit. */
  record(id: string, version: number, changes: readonly Change[], texts: MessageTexts): void {
    const isWhole = changes.some(change => change.type === 'create' || change.type === 'purge')
    const body = isWhole ? null : texts.ofChanges(changes)
    this.#insert(id, version, body && body.length <= MAX_LENGTH ? body : null)
    const isPurge = changes.some(change => change.type === 'purge')
    const forgotten = isPurge ? version - 1 : version - KEPT
    if (forgotten > 0) this.#rows.sql('DELETE FROM changes WHERE sessionId = ? AND version <= ?').run(id, forgotten)
  }

  /** Somebody wants the turn, or has got it: whoever holds it in another process is to hear of that. */
  recordClaim(id: string): void {
    this.#insert(id, 0, null)
    // The last row stays, so that a number is never given twice.
    const sql = 'DELETE FROM changes WHERE sessionId = ? AND version = 0 AND seq < (SELECT max(seq) FROM changes)'
    this.#rows.sql(sql).run(id)
  }

  /** What has led from one version to another. */
  between(id: string, from: number, to: number): Change[][] | undefined {
    const sql = 'SELECT body FROM changes WHERE sessionId = ? AND version > ? ORDER BY version'
    const rows = this.#rows.sql(sql).all(id, from) as { body: string | null }[]
    const isKnown = rows.length === to - from && rows.every(row => row.body !== null)
    return isKnown ? rows.map(row => decodeTagged(row.body as string) as Change[]) : undefined
  }

  tell(notice: StoreNotice): void {
    for (const listener of this.#listeners) listener(notice)
  }

  watch(listener: (notice: StoreNotice) => void): () => void {
    const own = (notice: StoreNotice): void => listener(notice)
    this.#listeners.add(own)
    if (this.#timer === undefined) {
      this.#dataVersion = this.#readDataVersion()
      this.#seen = this.#lastSeq()
      this.#timer = setInterval(() => this.#look(), POLL_MS)
      // Node's timers keep the process alive otherwise; browsers' are numbers.
      ;(this.#timer as { unref?: () => void }).unref?.()
    }
    return () => {
      this.#listeners.delete(own)
      if (this.#listeners.size === 0) this.#stop()
    }
  }

  close(): void {
    this.#listeners.clear()
    this.#stop()
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #insert(id: string, version: number, body: string | null): void {
    const sql = 'INSERT INTO changes (sessionId, version, writer, body) VALUES (?, ?, ?, ?)'
    this.#rows.sql(sql).run(id, version, this.#writer, body)
  }

  /** Others have written when the number has moved that SQLite keeps for that. */
  #look(): void {
    try {
      const dataVersion = this.#readDataVersion()
      if (dataVersion === this.#dataVersion) return
      const sql = 'SELECT seq, sessionId, version, body FROM changes WHERE seq > ? AND writer <> ? ORDER BY seq'
      const rows = this.#rows.sql(sql).all(this.#seen, this.#writer) as LogRow[]
      this.#dataVersion = dataVersion
      this.#seen = rows.at(-1)?.seq ?? this.#seen
      for (const { sessionId: id, version, body } of rows) {
        this.tell({ id, version, ...(body === null ? {} : { changes: decodeTagged(body) as Change[] }) })
      }
    } catch {
      // Somebody keeps the file for himself; the next look may do.
    }
  }

  #lastSeq(): number {
    const row = this.#rows.sql('SELECT max(seq) AS seq FROM changes').get() as { seq: number | null }
    return row.seq ?? 0
  }

  #readDataVersion(): unknown {
    const statement = this.#rows.sql('PRAGMA data_version')
    return (statement.get() as { data_version: number }).data_version
  }
}

interface LogRow {
  readonly seq: number
  readonly sessionId: string
  readonly version: number
  readonly body: string | null
}
