import { mkdtempSync, rmSync } from 'node:fs'
import { readdir, readlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { createSessionManager } from './index.ts'
import { sqliteStore } from './sqlite.ts'
import { testSessionStore } from './store-conformance.ts'

const folder = mkdtempSync(join(tmpdir(), 'session-manager-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Where the system tells, as Linux does. */
async function openFiles(): Promise<string[]> {
  const files = await readdir('/proc/self/fd').catch(() => [])
  return Promise.all(files.map(file => readlink(`/proc/self/fd/${file}`).catch(() => '')))
}

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

it('sqliteStore names a file that is no database, and leaves it closed', async () => {
  const path = join(folder, 'notes.txt')
  await writeFile(path, 'no database, but a text that is long enough to be taken for one '.repeat(20))
  const error = { code: 'STORE_FAILED', message: expect.stringContaining(path) }
  expect(() => sqliteStore({ path })).toThrow(expect.objectContaining(error))
  expect(await openFiles()).not.toContain(path)
})

it('a manager of a SQLite store that was closed could not be made: it says so when it is used', async () => {
  const store = sqliteStore({ path: ':memory:' })
  await store.close?.()
  await using manager = createSessionManager({ store })
  await expect(manager.list()).rejects.toMatchObject({ code: 'STORE_CLOSED' })
})

it('a SQLite store walked through each message twice: once for its row, once for the log', async () => {
  const store = sqliteStore({ path: ':memory:' })
  await using manager = createSessionManager({ store })
  await manager.create({ id: 's' })
  let walks = 0
  const ownKeys = (target: object) => {
    walks++
    return Reflect.ownKeys(target)
  }
  const message = { id: 'm', $: 'Date', at: new Map([[new Date(5), -0]]) }
  const messages = [new Proxy<typeof message>(message, { ownKeys })]
  const append = { type: 'append', messages } as const
  const replace = { type: 'replace', message: { ...message, $: 5n } } as const
  await store.commit('s', { expectedVersion: 1, operationId: 'o', changes: [append, replace] })
  expect(walks).toBe(1)
  expect((await store.load('s'))?.messages).toEqual([replace.message])
  expect(await store.changesSince?.('s', 1)).toEqual([[{ ...append, messages: [message] }, replace]])
})

describe('a damaged session in a SQLite file', () => {
  const message = { content: 'hello' }
  async function damaged(sql: string) {
    const database = new DatabaseSync(':memory:')
    const store = sqliteStore({ database })
    await using manager = createSessionManager({ store })
    for (const id of ['first', 'damaged', 'last']) await manager.create({ id, title: id, messages: [message] })
    database.exec(`${sql} = 'damaged'`)
    return createSessionManager({ store })
  }
  const ids = (page: { readonly sessions: readonly { readonly id: string }[] }) =>
    page.sessions.map(({ id }) => id).sort()

  it.each([
    ['its fields', `UPDATE sessions SET fields = '{"ti' WHERE id`, ['damaged', 'first', 'last']],
    [
      'a message',
      `UPDATE messages SET body = '{"id":"m","at":{"$":"Nothing","v":[]}}' WHERE sessionId`,
      ['first', 'last'],
    ],
  ])('hid all others from list, search and export: %s', async (_, sql, found) => {
    await using manager = await damaged(sql)
    expect(ids(await manager.list())).toEqual(['damaged', 'first', 'last'])
    expect(ids(await manager.search('hello'))).toEqual(found)
    expect(ids(await manager.search('damaged'))).toEqual(['damaged'])
    const error = { code: 'STORE_FAILED', message: expect.stringContaining('session "damaged" cannot be read') }
    await expect(manager.open('damaged')).rejects.toMatchObject(error)
    await using other = createSessionManager()
    expect((await other.import(await manager.export())).sort()).toEqual(['first', 'last'])
  })

  it.each([
    ['its fields', `UPDATE sessions SET fields = '{"ti' WHERE id`],
    ['a message', `UPDATE messages SET body = '{' WHERE sessionId`],
  ])('could not be got rid of: %s', async (_, sql) => {
    await using manager = await damaged(sql)
    await manager.list()
    await manager.purge('damaged')
    expect(ids(manager.getSnapshot())).toEqual(['first', 'last'])
    await expect(manager.open('damaged')).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
    await expect(manager.purge('damaged')).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
    await manager.create({ id: 'damaged', messages: [message] })
  })
})
