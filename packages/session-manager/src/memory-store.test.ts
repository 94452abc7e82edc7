import { describe, it } from 'vitest'
import { memoryStore } from './memory-store.ts'
import { testSessionStore } from './store-conformance.ts'

testSessionStore(memoryStore, { describe, it })
