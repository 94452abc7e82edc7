import { describe, expect, it } from 'vitest'
import { sqliteStore } from './sqlite.ts'
import { testSessionStore } from './store-conformance.ts'

testSessionStore(() => sqliteStore({ path: ':memory:' }), { describe, it })

it.each<[unknown, string]>([
  [undefined, 'TypeError: `options` must be an object with `path` or `database`, got undefined'],
  [{}, 'TypeError: `database` must be an object with the methods exec, prepare, close, got null'],
  [{ database: {} }, 'TypeError: `database` must be an object with the methods exec, prepare, close, got an object'],
  [{ path: 5 }, 'TypeError: `path` must be a string that is not empty, got 5'],
  [{ path: '' }, "RangeError: `path` must be a string that is not empty, got ''"],
])('sqliteStore refuses options that would keep nothing, by their name: %o', (options, message) => {
  let error: unknown
  try {
    sqliteStore(options as { path: string })
  } catch (thrown) {
    error = thrown
  }
  expect(String(error)).toBe(message)
})
