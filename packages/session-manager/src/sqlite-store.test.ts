import { describe, it } from 'vitest'
import { sqliteStore } from './sqlite.ts'
import { testSessionStore } from './store-conformance.ts'

testSessionStore(() => sqliteStore({ path: ':memory:' }), { describe, it })
