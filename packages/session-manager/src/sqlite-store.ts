import { checkMethods, checkOption } from './check-option.ts'
import { SessionBusyError, StoreError, VersionConflictError } from './errors.ts'
import { matches } from './find-text.ts'
import { ignore } from './ignore.ts'
import { fromCursor, type Position, positionOf, toCursor } from './page-cursor.ts'
import type {
  Change,
  Commit,
  CommitAnswer,
  ListQuery,
  SessionPage,
  SessionStore,
  SessionSummary,
  StoredSession,
  StoreNotice,
  StoreOptions,
  TurnClaim,
  TurnClaimResult,
} from './session-store.ts'
import { openDatabase, prepareDatabase, type SqliteDatabase, transact } from './sqlite-database.ts'
import { ChangeLog, LOG_SCHEMA } from './sqlite-log.ts'
import { listed, Rows, SCHEMA, type SessionRow, summaryOf } from './sqlite-rows.ts'
import { MessageTexts } from './sqlite-texts.ts'

/** How many operations back a repeat is recognised. */
const REMEMBERED_OPERATIONS = 1000

/** The file, which several processes may share, or a database of your own. */
export type SqliteStoreOptions = { readonly path: string } | { readonly database: SqliteDatabase }

interface LeaseRow {
  readonly fencingToken: number
  readonly owner: string | null
  readonly renewals: number
}

const NO_LEASE: LeaseRow = { fencingToken: 0, owner: null, renewals: 0 }

/**
 * Sessions in a SQLite file, through `node:sqlite` (Node >= 22.13): each commit
 * is on the disk when it is acknowledged. It keeps every kind of value but
 * `Blob` and `File`, whose bytes cannot be read at once.
 *
 * Its calls run on the thread that makes them, for well under a millisecond
 * each; while another process is writing they wait, up to two seconds, and keep
 * the thread for a few milliseconds at a time.
 */
export function sqliteStore(options: SqliteStoreOptions): SessionStore {
  checkOption(typeof options === 'object' && options, 'options', options, 'an object with `path` or `database`')
  if ('path' in options) {
    const { path } = options
    // An empty one would be a file that SQLite throws away at the end.
    checkOption(path && typeof path === 'string', 'path', path, 'a string that is not empty', 'string')
    return openDatabase(path, database => new SqliteStore(database))
  }
  const { database } = options
  checkMethods('database', database ?? null, ['exec', 'prepare', 'close'])
  return new SqliteStore(database)
}

class SqliteStore implements SessionStore {
  readonly #database: SqliteDatabase
  readonly #rows: Rows
  readonly #log: ChangeLog
  #isClosed = false

  constructor(database: SqliteDatabase) {
    prepareDatabase(database, SCHEMA + LOG_SCHEMA)
    this.#database = database
    this.#rows = new Rows(database)
    this.#log = new ChangeLog(this.#rows)
  }

  async load(id: string, options?: StoreOptions): Promise<StoredSession | undefined> {
    this.#check(options)
    return transact(this.#database, 'read', () => {
      const row = this.#rows.session(id)
      return row && row.fields !== null ? this.#rows.whole(row) : undefined
    })
  }

  async commit(id: string, commit: Commit, options?: StoreOptions): Promise<CommitAnswer> {
    this.#check(options)
    const committed = await this.#write(() => this.#commit(id, commit))
    const { version, isRepeat } = committed
    this.#log.tell({ id, version, ...(isRepeat ? {} : { changes: commit.changes }) })
    return committed
  }

  async changesSince(id: string, version: number, options?: StoreOptions): Promise<Change[][] | undefined> {
    this.#check(options)
    return transact(this.#database, 'read', () => {
      const row = this.#rows.session(id)
      return row && row.fields !== null ? this.#log.between(id, version, row.version) : undefined
    })
  }

  async list(query: ListQuery, options?: StoreOptions): Promise<SessionPage> {
    this.#check(options)
    return transact(this.#database, 'read', () => this.#list(query))
  }

  #list(query: ListQuery): SessionPage {
    const { limit, order, cursor } = query
    const isUp = order === 'asc'
    let from: Position = cursor === undefined ? [isUp ? -1 : Number.MAX_SAFE_INTEGER, ''] : fromCursor(cursor)
    const page = this.#rows.sql(
      `SELECT * FROM sessions WHERE fields IS NOT NULL AND deleted = ? AND (updatedAt, id) ${isUp ? '>' : '<'} (?, ?)
       ORDER BY updatedAt ${isUp ? 'ASC' : 'DESC'}, id ${isUp ? 'ASC' : 'DESC'} LIMIT ?`,
    )
    const sessions: SessionSummary[] = []
    for (;;) {
      const rows = page.all(query.deleted ? 1 : 0, ...from, limit + 1) as SessionRow[]
      for (const row of rows) {
        from = positionOf(row)
        const summary = listed(row)
        const messages = query.text ? this.#rows.searched(row.id) : []
        if (!matches(summary, query, { messages })) continue
        const last = sessions.at(-1)
        if (last && sessions.length === limit) return { sessions, nextCursor: toCursor(last) }
        sessions.push(summary)
      }
      if (rows.length <= limit) return { sessions }
    }
  }

  async claimTurn(id: string, { owner, force }: TurnClaim, options?: StoreOptions): Promise<TurnClaimResult> {
    this.#check(options)
    const answer = await this.#write((): TurnClaimResult => {
      const lease = this.#lease(id)
      this.#log.recordClaim(id)
      if (lease.owner !== null && lease.owner !== owner && !force) {
        return { heldBy: lease.owner, renewals: lease.renewals }
      }
      const fencingToken = lease.owner === owner ? lease.fencingToken : lease.fencingToken + 1
      const renewals = lease.owner === owner ? lease.renewals : 0
      this.#rows.sql('INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)').run(id, fencingToken, owner, renewals)
      return { fencingToken: BigInt(fencingToken) }
    })
    this.#log.tell({ id, version: 0 })
    return answer
  }

  async renewTurn(id: string, fencingToken: bigint, options?: StoreOptions): Promise<boolean> {
    this.#check(options)
    const sql =
      'UPDATE leases SET renewals = renewals + 1 WHERE sessionId = ? AND fencingToken = ? AND owner IS NOT NULL'
    const { changes } = (await this.#write(() => this.#rows.sql(sql).run(id, Number(fencingToken)))) as {
      changes: number
    }
    return Number(changes) === 1
  }

  async releaseTurn(id: string, fencingToken: bigint, options?: StoreOptions): Promise<void> {
    this.#check(options)
    const sql = 'UPDATE leases SET owner = NULL WHERE sessionId = ? AND fencingToken = ?'
    await this.#write(() => this.#rows.sql(sql).run(id, Number(fencingToken)))
  }

  /** Hears of commits by others too, in this process or another: a moment later, and without keeping a process alive. */
  watch(listener: (notice: StoreNotice) => void): () => void {
    return this.#isClosed ? ignore : this.#log.watch(listener)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#log.close()
    this.#database.close()
  }

  #commit(id: string, commit: Commit): CommitAnswer {
    const { expectedVersion, operationId, fencingToken, changes, onLatest, schemaVersion: own = 0 } = commit
    const rows = this.#rows
    const repeated = rows
      .sql('SELECT version FROM operations WHERE sessionId = ? AND operationId = ?')
      .get(id, operationId)
    if (repeated) return { ...(repeated as { version: number }), isRepeat: true }
    if (fencingToken !== undefined && fencingToken < BigInt(this.#lease(id).fencingToken)) {
      throw new SessionBusyError('a later turn was granted')
    }
    const before = rows.session(id)
    const actual = before && before.fields !== null ? before.version : null
    const isLater = onLatest && before && actual !== null && expectedVersion !== null && actual > expectedVersion
    const { deletedAt: gone, schemaVersion = 0 } = isLater ? summaryOf(before) : {}
    const holds = actual === expectedVersion || (isLater && gone === undefined && schemaVersion === own)
    if (!holds) throw new VersionConflictError(expectedVersion, actual)

    const texts = new MessageTexts()
    const row = rows.apply(id, before, changes, texts)
    const version = row.version + 1
    const { archived, deletedAt } = summaryOf(row)
    const updatedAt = Math.max(row.updatedAt, Date.now())
    const { nextSeq, messageCount, fields } = row
    const flags = [archived ? 1 : 0, deletedAt === undefined ? 0 : 1]
    rows
      .sql('INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(id, version, nextSeq, messageCount, updatedAt, ...flags, fields)
    rows.sql('INSERT INTO operations VALUES (?, ?, ?)').run(id, version, operationId)
    const forgotten = version - REMEMBERED_OPERATIONS
    if (forgotten > 0) rows.sql('DELETE FROM operations WHERE sessionId = ? AND version <= ?').run(id, forgotten)
    this.#log.record(id, version, changes, texts)
    return { version, isRepeat: false, updatedAt }
  }

  #lease(id: string): LeaseRow {
    return (this.#rows.sql('SELECT * FROM leases WHERE sessionId = ?').get(id) as LeaseRow | undefined) ?? NO_LEASE
  }

  #write<T>(fn: () => T): Promise<T> {
    return transact(this.#database, 'write', fn)
  }

  #check(options: StoreOptions | undefined): void {
    options?.signal?.throwIfAborted()
    if (this.#isClosed) throw new StoreError('closed', 'the store was closed')
  }
}
