import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { createSessionManager } from './index.ts'
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

it('sqliteStore names the session that cannot be read', async () => {
  const database = new DatabaseSync(':memory:')
  const store = sqliteStore({ database })
  await using manager = createSessionManager({ store })
  const { id } = await manager.create({ id: 'damaged', messages: [{ content: 'a' }] })
  database.exec(`UPDATE messages SET body = '{' WHERE sessionId = 'damaged'`)
  await expect(store.load(id)).rejects.toMatchObject({
    code: 'STORE_FAILED',
    message: expect.stringMatching(/^session "damaged" cannot be read: Expected property name/),
  })
})
