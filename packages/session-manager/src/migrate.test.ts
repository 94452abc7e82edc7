import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { faultyStore } from '../test/faulty-store.ts'
import { clock } from '../test/hurried-manager.ts'
import { createSessionManager, type Migration, memoryStore, type SessionManager, type SessionStore } from './index.ts'
import { sqliteStore } from './sqlite.ts'

interface Old {
  readonly from: string
  readonly text: string
}
interface Message {
  readonly role: string
  readonly parts: readonly string[]
}

/** From `{ from, text }` over `{ role, content }` to `{ role, parts }`. */
const toRole: Migration = ({ messages }) => ({
  messages: messages.map(({ from, text, ...rest }) => ({ ...rest, role: from, content: text })),
})
const toParts: Migration = ({ messages, metadata }) => ({
  messages: messages.map(({ content, ...rest }) => ({ ...rest, parts: [content] })),
  metadata: { ...metadata, hasParts: true },
})
const migrations = [toRole, toParts]
const NEW = [{ role: 'user', parts: ['hello'] }]
const newer = { code: 'VALIDATION', path: 'schemaVersion' }

async function storeOfOldApp(store: SessionStore = memoryStore()): Promise<SessionStore> {
  await using manager = createSessionManager<Old>({ store })
  await manager.create({ id: 's', title: 'kept', messages: [{ from: 'user', text: 'hello' }] })
  return store
}

/** The same store, without hearing of others. */
function passOn(store: SessionStore): SessionStore {
  const { watch, ...rest } = faultyStore(store)
  return rest
}

function newApp(store: SessionStore, options: object = {}): SessionManager<Message> {
  return createSessionManager<Message>({ store, clock, migrations, ...options })
}

function contents(session: { readonly messages: readonly object[] } | undefined): object[] {
  return (session?.messages ?? []).map(message => {
    const { id, ...rest } = message as { id?: string }
    return rest
  })
}

describe('migrations', () => {
  it('bring a stored session to the shape of this app when it is opened, and store it so, in one commit', async () => {
    const store = await storeOfOldApp()
    const [before] = (await store.load('s'))?.messages ?? []
    await using manager = newApp(store)
    const session = await manager.open('s')
    expect([contents(session), session.title, session.messages[0]?.id]).toEqual([NEW, 'kept', before?.id])
    await manager.flush()
    const stored = await store.load('s')
    expect([contents(stored), stored?.metadata, stored?.version, stored?.schemaVersion]).toEqual([
      NEW,
      { hasParts: true },
      2,
      2,
    ])
  })

  it('run once, also when two tabs open the session at once', async () => {
    const store = await storeOfOldApp()
    await using a = newApp(store)
    await using b = newApp(store)
    const sessions = await Promise.all([a.open('s'), b.open('s')])
    await Promise.all([a.flush(), b.flush()])
    await Promise.all(sessions.map(session => session.append({ role: 'user', parts: ['more'] })))
    await Promise.all([a.flush(), b.flush()])
    const more = { role: 'user', parts: ['more'] }
    expect(contents(await store.load('s'))).toEqual([...NEW, more, more])
  })

  it('begin where the session stands, and leave what begins now alone', async () => {
    const store = memoryStore()
    await using middle = createSessionManager<object>({ store, migrations: [toRole] })
    await middle.create({ id: 's', messages: [{ role: 'user', content: 'hello' }] })
    await using manager = newApp(store)
    expect(contents(await manager.open('s'))).toEqual(NEW)
    const { id } = await manager.create({ messages: NEW as Message[] })
    await using again = newApp(store)
    expect(contents(await again.open(id))).toEqual(NEW)
    expect(contents(await again.fork('s'))).toEqual(NEW)
  })

  it('show what they made while the disk is full, and store it later', async () => {
    const store = faultyStore(await storeOfOldApp())
    store.failure = 'quota'
    await using manager = newApp(store)
    const session = await manager.open('s')
    expect(contents(session)).toEqual(NEW)
    await expect.poll(() => session.status).toBe('unsaved')
    store.failure = undefined
    await expect.poll(() => session.status).toBe('saved')
    expect(contents(await store.load('s'))).toEqual(NEW)
  })

  it('take in what an older app wrote in the same moment', async () => {
    const store = faultyStore(await storeOfOldApp())
    await using old = createSessionManager<Old>({ store })
    const oldSession = await old.open('s')
    let isFirst = true
    store.beforeCommit = async () => {
      if (!isFirst) return
      isFirst = false
      await oldSession.append({ from: 'user', text: 'late' })
    }
    await using manager = newApp(store)
    const session = await manager.open('s')
    await manager.flush()
    expect(contents(session)).toEqual([...NEW, { role: 'user', parts: ['late'] }])
    expect(contents(await store.load('s'))).toEqual(contents(session))
  })

  it('bring an older export in', async () => {
    await using old = createSessionManager<Old>({ store: await storeOfOldApp() })
    await using manager = newApp(memoryStore())
    await manager.import(await old.export())
    expect(contents(await manager.open('s'))).toEqual(NEW)
  })
})

describe('an older app', () => {
  it('cannot open what a newer one has stored, and leaves it as it is', async () => {
    const store = await storeOfOldApp()
    await using manager = newApp(store)
    await manager.open('s')
    await manager.flush()
    const before = await store.load('s')

    await using old = createSessionManager<Old>({ store })
    await expect(old.open('s')).rejects.toMatchObject(newer)
    await expect(old.switchTo('s')).rejects.toMatchObject(newer)
    await expect(old.rename('s', 'x')).rejects.toMatchObject(newer)
    await expect(old.fork('s')).rejects.toMatchObject(newer)
    await expect(createSessionManager().import(await old.export())).rejects.toMatchObject(newer)
    expect(await store.load('s')).toEqual(before)
  })

  it('that has the session open is told, keeps what it shows, and its late write is refused', async () => {
    const store = await storeOfOldApp()
    await using old = createSessionManager<Old>({ store })
    const session = await old.switchTo('s')
    const writer = await session.stream({ from: 'bot' })
    writer.write('half an ans')
    await old.flush()
    const shown = session.messages

    await using manager = newApp(store)
    await manager.open('s')
    await manager.flush()
    await expect.poll(() => session.status).toBe('error')
    await expect(session.append({ from: 'user', text: 'late' })).rejects.toMatchObject(newer)
    expect(() => writer.write('wer')).toThrow(expect.objectContaining(newer))
    expect(old.current).toBe(undefined)
    expect(contents(session)).toEqual(contents({ messages: shown }))
    expect(contents(await store.load('s')).slice(0, 1)).toEqual(NEW)
  })

  it('has appends to a file refused that another process has migrated', async () => {
    const { DatabaseSync } = await import('node:sqlite')
    const store = await storeOfOldApp(sqliteStore({ database: new DatabaseSync(':memory:') }))
    await using old = createSessionManager<Old>({ store: passOn(store) })
    const session = await old.open('s')
    await using manager = newApp(store)
    await manager.open('s')
    await manager.flush()
    await expect(session.append({ from: 'user', text: 'late' })).rejects.toMatchObject(newer)
    expect(contents(await store.load('s'))).toEqual(NEW)
  })

  it('has writes on their way refused, not put into the newer shape', async () => {
    const store = faultyStore(await storeOfOldApp())
    await using old = createSessionManager<Old>({ store, clock })
    const session = await old.open('s')
    await using manager = newApp(store)
    let isFirst = true
    store.beforeCommit = async () => {
      if (!isFirst) return
      isFirst = false
      await manager.open('s')
      await manager.flush()
    }
    await expect(session.append({ from: 'user', text: 'late' })).rejects.toMatchObject(newer)
    expect(contents(await store.load('s'))).toEqual(NEW)
  })
})

describe('a session that cannot be migrated', () => {
  const failing = [
    () => {
      throw new Error('no such thing')
    },
  ]

  it('is not opened, says why, and stays listed, exported and as it is', async () => {
    const store = await storeOfOldApp()
    const before = await store.load('s')
    await using manager = createSessionManager<Message>({ store, migrations: failing })
    const error = { code: 'VALIDATION', path: 'migrations[0]', message: expect.stringContaining('no such thing') }
    await expect(manager.open('s')).rejects.toMatchObject(error)
    await expect(manager.rename('s', 'x')).rejects.toMatchObject(newer)
    expect((await manager.list()).sessions).toMatchObject([{ id: 's', title: 'kept' }])
    const data = await manager.export()
    expect(await store.load('s')).toEqual(before)

    await using old = createSessionManager<Old>()
    await old.import(data)
    expect(contents(await old.open('s'))).toEqual([{ from: 'user', text: 'hello' }])
  })

  it('can be deleted', async () => {
    const store = await storeOfOldApp()
    await using manager = createSessionManager<Message>({ store, migrations: failing })
    await manager.delete('s')
    expect((await manager.list()).sessions).toEqual([])
    await manager.purge('s')
    expect(await store.load('s')).toBe(undefined)
  })

  it.each([
    ['zod', z.object({ role: z.enum(['user', 'assistant']), parts: z.array(z.string()) })],
    ['valibot', v.object({ role: v.picklist(['user', 'assistant']), parts: v.array(v.string()) })],
  ])('is refused by the path at which the schema of %s refuses what was made of it', async (_, schema) => {
    const store = memoryStore()
    await using old = createSessionManager<Old>({ store })
    await old.create({ id: 'good', messages: [{ from: 'user', text: 'a' }] })
    await old.create({
      id: 'bad',
      messages: [
        { from: 'user', text: 'a' },
        { from: 'bot', text: 'b' },
      ],
    })
    await using manager = newApp(store, { schema })
    expect(contents(await manager.open('good'))).toEqual([{ role: 'user', parts: ['a'] }])
    await expect(manager.open('bad')).rejects.toMatchObject({ code: 'VALIDATION', path: 'data.messages[1].role' })
    expect(contents(await store.load('bad'))).toEqual([
      { from: 'user', text: 'a' },
      { from: 'bot', text: 'b' },
    ])
  })

  it.each([[undefined], [null], [[]], ['text'], [Promise.resolve({})]])('returns no %o', async result => {
    const store = await storeOfOldApp()
    await using manager = createSessionManager<Message>({ store, migrations: [() => result as object] })
    await expect(manager.open('s')).rejects.toMatchObject({ code: 'VALIDATION', path: 'migrations[0]' })
  })
})

it.each([[{}], ['text'], [[1]]])('refuses migrations that are %o', migrations => {
  expect(() => createSessionManager({ migrations: migrations as never })).toThrow('migrations')
})
