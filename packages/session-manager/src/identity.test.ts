import { describe, expect, it } from 'vitest'
import { type ChatMessage, faultyStore, user } from '../test/faulty-store.ts'
import { deepEqual } from './deep-equal.ts'
import { createSessionManager, memoryStore, type SessionStore } from './index.ts'

type Message = ChatMessage & { readonly at?: Date; readonly tags?: ReadonlyMap<string, ReadonlySet<number>> }

/** A store whose answers share nothing with what it was given, as those of a database. */
function copyingStore(): SessionStore {
  const inner = memoryStore()
  return {
    ...faultyStore(inner),
    load: async (...args) => structuredClone(await inner.load(...args)),
    list: async (...args) => structuredClone(await inner.list(...args)),
    watch: listener => inner.watch?.(({ id, version }) => listener({ id, version })) ?? (() => {}),
  }
}

describe('messages and snapshots', () => {
  it('are the same when another tab only renames the session', async () => {
    const store = copyingStore()
    await using a = createSessionManager<Message>({ store })
    await using b = createSessionManager<Message>({ store })
    const one = await a.create({ metadata: {} })
    await one.append({ ...user('a'), at: new Date(5), tags: new Map([['x', new Set([1])]]) })
    const two = await b.open(one.id)
    const { messages, metadata } = two

    await a.rename(one.id, 'New')
    await expect.poll(() => two.title).toBe('New')

    expect(two.messages).toBe(messages)
    expect(two.metadata).toBe(metadata)
  })

  it('are the same after a look at a store that has nothing new', async () => {
    const store = copyingStore()
    await using manager = createSessionManager<Message>({ store })
    const session = await manager.create()
    await session.append({ ...user('a'), at: new Date(5) }, { operationId: 'once' })
    const snapshot = session.getSnapshot()

    await session.append({ ...user('a'), at: new Date(5) }, { operationId: 'once' })
    await session.update(({ messages }) => ({ messages: [...messages] }))

    expect(session.getSnapshot()).toBe(snapshot)
  })

  it('are frozen, and what is listed too', async () => {
    const store = copyingStore()
    await using a = createSessionManager<Message, { n?: { m: number } }>({ store })
    await using b = createSessionManager<Message>({ store })
    const { id } = await a.create()
    await a.create({ metadata: { n: { m: 1 } } })
    const opened = await b.open(id)
    const page = await b.list()

    const { sessions } = b.getSnapshot()
    const listed = [page, page.sessions, ...page.sessions, ...page.sessions.map(each => each.metadata)]
    expect([opened.metadata, sessions, ...sessions, ...listed].map(each => Object.isFrozen(each))).not.toContain(false)
    expect(sessions).toBe(b.getSnapshot().sessions)
  })
})

describe('deepEqual', () => {
  it.each<[string, (n: number) => unknown]>([
    ['dates', n => new Date(n)],
    ['maps', n => new Map([['a', { n }]])],
    ['keys of maps', n => new Map([[n, 1]])],
    ['sets', n => new Set([n])],
    ['bytes', n => new Uint8Array([1, n])],
    ['buffers', n => new Uint8Array([1, n]).buffer],
    ['views', n => new DataView(new Uint8Array([1, n]).buffer, 1)],
    ['patterns', n => new RegExp(`${n}`, 'g')],
    ['objects without a prototype', n => Object.assign(Object.create(null), { n })],
    ['what is nested', n => [{ at: [new Date(n)] }]],
  ])('compares %s by what they hold', (_, make) => {
    expect([deepEqual(make(1), make(1)), deepEqual(make(1), make(2))]).toEqual([true, false])
  })

  it('tells kinds apart', () => {
    const kinds = [
      {},
      [],
      new Map(),
      new Set(),
      new Date(0),
      new Uint8Array(),
      new Int8Array(),
      new ArrayBuffer(0),
      /a/,
    ]
    for (const a of kinds) for (const b of kinds) expect(deepEqual(a, b)).toBe(a === b)
    expect(deepEqual(new Blob(['a']), new Blob(['a']))).toBe(false)
  })
})
