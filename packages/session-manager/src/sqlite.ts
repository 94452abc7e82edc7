export type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts'
export { type SqliteStoreOptions, sqliteStore } from './sqlite-store.ts'
