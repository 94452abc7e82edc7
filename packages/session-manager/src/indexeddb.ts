export { type IndexedDBStoreOptions, indexedDBStore } from './indexeddb-store.ts'
