import { LockManager } from '@x/mutex'
import { describe, expect, it } from 'vitest'
import { faultyStore, texts, user } from '../test/faulty-store.ts'
import { begin, ids, type Message } from '../test/hurried-manager.ts'
import { createSessionManager, memoryStore, type StoreNotice } from './index.ts'
import { sqliteStore } from './sqlite.ts'

it('append gave a message that is not in the store when another tab had sent the same id or operation', async () => {
  const store = memoryStore()
  await using a = createSessionManager<{ content: string }>({ store })
  await using b = createSessionManager<{ content: string }>({ store: faultyStore(store) })
  const one = await a.create()
  const two = await b.open(one.id)
  for (const [message, options] of [
    [{ id: '1' }, {}],
    [{}, { operationId: 'send' }],
  ] as const) {
    const first = one.append({ ...message, content: 'first' }, options)
    expect(await two.append({ ...message, content: 'second' }, options)).toEqual(await first)
  }
  expect(texts(two)).toEqual(['first', 'first'])
})

describe('a recipe that writes to its own session', () => {
  it('is refused when it waits for the write, and leaves the session usable', async () => {
    const { session } = await begin()

    const update = session.update(async ({ messages }) => {
      await session.append(user('inner'))
      return { messages: [...messages] }
    })

    await expect(update).rejects.toMatchObject({ code: 'VALIDATION', path: 'recipe' })
    await session.append({ id: 'later', ...user('later') })
    expect(session.status).toBe('saved')
  })

  it('removes nothing of what was written while it ran', async () => {
    const { store, session } = await begin()

    await session.update(({ messages }) => {
      void session.append({ id: 'x', ...user('inner') })
      return { messages: [...messages, { id: 'y', ...user('outer') }] }
    })

    expect(ids(session)).toEqual(['x', 'y'])
    expect(ids((await store.load(session.id)) as never)).toEqual(['x', 'y'])
  })
})

describe('an update', () => {
  it('waits for a store that fails with an error of its own, also after three conflicts', async () => {
    const { store, session } = await begin()
    let runs = 0
    let failures = 0
    store.beforeCommit = async () => {
      if (runs > 3 && failures++ < 2) throw new Error('socket hang up')
    }

    await session.update(async ({ messages }) => {
      if (runs++ < 3) void session.append(user(`noise ${runs}`))
      return { messages: [...messages, user('end')] }
    })

    expect([failures > 2, texts(session)]).toEqual([true, ['noise 1', 'noise 2', 'noise 3', 'end']])
  })

  it('rejects with the store error that its recipe throws, and runs it once', async () => {
    const { StoreError } = await import('./index.ts')
    const { session } = await begin()
    let runs = 0
    const bug = new StoreError('closed', 'another store')

    const update = session.update(async () => {
      if (runs++ < 3) await session.append(user('noise'))
      else throw bug
      return {}
    })

    await expect(update).rejects.toBe(bug)
    expect(runs).toBe(4)
  })
})

describe('two processes', () => {
  it('lose no update that meets writes of both again and again', async () => {
    const store = memoryStore()
    await using a = createSessionManager<Message>({ store, locks: new LockManager() })
    await using b = createSessionManager<Message>({ store, locks: new LockManager() })
    const one = await a.create()
    const two = await b.open(one.id)
    let runs = 0

    await one.update(async ({ messages }) => {
      if (runs++ < 8) {
        void one.append(user('ours'))
        await two.append(user('theirs'))
      }
      return { messages: [...messages, user('end')] }
    })

    expect(texts(one).at(-1)).toBe('end')
    expect((await store.load(one.id))?.messages).toHaveLength(17)
  })
})

describe('two tabs', () => {
  it('show what is stored when both send an operation of one id with different content', async () => {
    const store = memoryStore()
    await using a = createSessionManager<Message>({ store })
    await using b = createSessionManager<Message>({ store: { ...faultyStore(store), watch: () => () => {} } })
    const one = await a.create()
    const two = await b.open(one.id)

    await one.append({ id: 'a', ...user('a') }, { operationId: 'send' })
    await two.append({ id: 'b', ...user('b') }, { operationId: 'send' })

    expect([ids(one), ids(two), two.status]).toEqual([['a'], ['a'], 'saved'])
  })

  it('load nothing for an operation with an id that is new', async () => {
    const store = faultyStore()
    let loads = 0
    const load: typeof store.load = (...args) => {
      loads++
      return store.load(...args)
    }
    await using manager = createSessionManager<Message>({ store: { ...store, load } })
    const session = await manager.create()

    for (const id of ['a', 'b']) await session.append({ id, ...user(id) }, { operationId: id })

    expect([ids(session), loads]).toEqual([['a', 'b'], 0])
  })

  it('are not told the changes of a repeat, which the store has not made', async () => {
    const notices: StoreNotice[] = []
    for (const store of [memoryStore(), sqliteStore({ path: ':memory:' })]) {
      await using manager = createSessionManager<Message>({ store })
      const { id } = await manager.create()
      store.watch?.(notice => notices.push(notice))
      const append = (content: string) =>
        store.commit(id, {
          expectedVersion: 1,
          operationId: 'send',
          changes: [{ type: 'append', messages: [{ id: content, ...user(content) }] }],
        })
      expect([await append('first'), await append('second')]).toMatchObject([
        { version: 2, isRepeat: false },
        { version: 2, isRepeat: true },
      ])
    }
    expect(JSON.stringify(notices)).not.toContain('second')
  })

  it('are saved when one removes what the other has removed', async () => {
    const { store, manager, session } = await begin()
    await session.append({ id: 'm', ...user('m') })
    store.beforeCommit = async () => {
      store.beforeCommit = undefined
      const change = { type: 'remove', messageId: 'm' } as const
      await store.commit(session.id, { expectedVersion: session.version, operationId: 'theirs', changes: [change] })
    }

    await session.remove('m')
    await manager.flush()

    expect([session.status, manager.getSnapshot().status]).toEqual(['saved', 'saved'])
  })
})

describe('a flush', () => {
  it('waits for what was written before it, not for what comes after', async () => {
    const { manager, session } = await begin()
    let isOver = false
    let written = 0
    const noise = (async () => {
      for (; !isOver && written < 1000; written++) await session.append(user(`${written}`))
    })()

    void session.append({ id: 'before', ...user('before') })
    await manager.flush()
    await session.turn(() => 'a turn ends')
    isOver = true
    await noise

    expect(written).toBeLessThan(1000)
  })

  it('keeps no manager from being disposed, and the manager takes no more writes', async () => {
    const { store, manager, session } = await begin()
    const first = session.append(user('before'))
    const disposed = manager[Symbol.asyncDispose]()
    const late = session.append(user('late'))

    await expect(late).rejects.toMatchObject({ code: 'STORE_CLOSED' })
    await expect(session.stream({ role: 'assistant' })).rejects.toMatchObject({ code: 'STORE_CLOSED' })
    await Promise.all([first, disposed])
    expect(texts((await store.load(session.id)) as never)).toEqual(['before'])
  })

  it('does not wait for ever for a store that hangs when the manager is disposed', async () => {
    const { store, manager, session } = await begin()
    store.beforeCommit = () => new Promise(() => {})
    const write = session.append(user('a'))
    const refused = expect(write).rejects.toMatchObject({ code: 'STORE_CLOSED' })

    await manager[Symbol.asyncDispose]()
    await refused
  })
})
