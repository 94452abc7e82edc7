import { isSessionError, StoreError, type StoreFailure } from './errors.ts'

/** The part of `DatabaseSync` of `node:sqlite` that the store uses; `better-sqlite3` has it too. */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
  close(): unknown
}

export interface SqliteStatement {
  get(...values: (string | number | null)[]): unknown
  all(...values: (string | number | null)[]): unknown[]
  run(...values: (string | number | null)[]): unknown
}

/** How long a commit may wait for one of another process; the thread waits with it. */
const BUSY_TIMEOUT_MS = 2000

/** Opens the file with the runtime's own engine; nothing is imported where it is missing. */
export function openDatabase(path: string): SqliteDatabase {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  const module = process?.getBuiltinModule?.('node:sqlite') as
    | { DatabaseSync: new (path: string) => SqliteDatabase }
    | undefined
  if (!module) throw new StoreError('failed', 'node:sqlite is missing: it takes Node >= 22.13')
  return new module.DatabaseSync(path)
}

/** A commit is on the disk when it returns, and readers do not wait for writers. */
export function prepareDatabase(database: SqliteDatabase, schema: string): void {
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`)
  database.exec(schema)
}

/**
 * Runs `fn` in one transaction: all of it, or nothing. To `write` it waits until nobody else does; to `read` it sees
 * one moment of the file, and waits for nobody.
 */
export function transact<T>(database: SqliteDatabase, mode: 'read' | 'write', fn: () => T): T {
  try {
    database.exec(mode === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN')
    try {
      const result = fn()
      database.exec('COMMIT')
      return result
    } catch (error) {
      rollBack(database)
      throw error
    }
  } catch (error) {
    throw isSessionError(error) ? error : toStoreError(error)
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
