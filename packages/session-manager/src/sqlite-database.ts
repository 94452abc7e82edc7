import { isSessionError, isStoreError, StoreError, type StoreFailure } from './errors.ts'

/** The part of `DatabaseSync` of `node:sqlite` that the store uses; `better-sqlite3` has it too. */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
  close(): unknown
}

/** The part of a prepared statement that the store uses. */
export interface SqliteStatement {
  get(...values: (string | number | null)[]): unknown
  all(...values: (string | number | null)[]): unknown[]
  run(...values: (string | number | null)[]): unknown
}

/** How long an operation may wait for another process. */
const PATIENCE_MS = 2000
/** How much of that the thread waits with it. SQLite looks ever less often: short waits, and many, are fairer. */
const BLOCKED_MS = 5

/** Opens the file with the runtime's own engine, to be used by `use`; nothing is imported where it is missing. */
export function openDatabase<T>(path: string, use: (database: SqliteDatabase) => T): T {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  const module = process?.getBuiltinModule?.('node:sqlite') as
    | { DatabaseSync: new (path: string) => SqliteDatabase }
    | undefined
  if (!module) throw new StoreError('failed', 'node:sqlite is missing: it takes Node >= 22.13')
  let database: SqliteDatabase | undefined
  try {
    database = new module.DatabaseSync(path)
    return use(database)
  } catch (error) {
    database?.close()
    const { reason, message } = isStoreError(error) ? error : toStoreError(error)
    throw new StoreError(reason, `\`path\` cannot be opened, ${path}: ${message}`, { cause: error })
  }
}

/** A commit is on the disk when it returns, and readers do not wait for writers. */
export function prepareDatabase(database: SqliteDatabase, schema: string): void {
  try {
    database.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`)
    database.exec(schema)
    database.exec(`PRAGMA busy_timeout = ${BLOCKED_MS}`)
  } catch (error) {
    throw toStoreError(error)
  }
}

/**
 * Runs `fn` in one transaction: all of it, or nothing. To `write` it waits until nobody else does; to `read` it sees
 * one moment of the file, and waits for nobody.
 */
export async function transact<T>(database: SqliteDatabase, mode: 'read' | 'write', fn: () => T): Promise<T> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return attempt(database, mode, fn)
    } catch (error) {
      const failure = isSessionError(error) ? error : toStoreError(error)
      if (failure.code !== 'STORE_BLOCKED' || performance.now() > until) throw failure
    }
    await new Promise(resolve => setTimeout(resolve, 1))
  }
}

function attempt<T>(database: SqliteDatabase, mode: 'read' | 'write', fn: () => T): T {
  database.exec(mode === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN')
  try {
    const result = fn()
    database.exec('COMMIT')
    return result
  } catch (error) {
    rollBack(database)
    throw error
  }
}

function rollBack(database: SqliteDatabase): void {
  try {
    database.exec('ROLLBACK')
  } catch {
    // A full disk has rolled it back already.
  }
}

/** Result codes of SQLite (https://www.sqlite.org/rescode.html): BUSY and LOCKED, FULL. */
function toStoreError(error: unknown): StoreError {
  const { errcode, message } = error as { errcode?: number; message?: string }
  const code = (errcode ?? 0) & 0xff
  const reason: StoreFailure = code === 5 || code === 6 ? 'blocked' : code === 13 ? 'quota' : 'failed'
  return new StoreError(reason, message ?? String(error), { cause: error })
}
