import { describe, expect, it } from 'vitest'
import { type ChatMessage, faultyStore, texts, user } from '../test/faulty-store.ts'
import { createSessionManager, memoryStore, type SessionEvent } from './index.ts'

async function begin() {
  const store = faultyStore()
  const manager = createSessionManager<ChatMessage>({ store })
  return { store, manager, session: await manager.create() }
}

describe('a store of your own that fails', () => {
  it('showed through: `list`, `search` and `turn` rejected with its own errors, not with a StoreError', async () => {
    const { store } = await begin()
    const fail = (): never => {
      throw new Error('no connection')
    }
    await using manager = createSessionManager<ChatMessage>({
      store: { ...store, local: false, list: fail, claimTurn: fail },
    })
    const session = await manager.create()
    const error = { code: 'STORE_FAILED', message: 'no connection' }
    await expect(manager.list()).rejects.toMatchObject(error)
    await expect(manager.search('a')).rejects.toMatchObject(error)
    await expect(session.turn(() => {})).rejects.toMatchObject(error)
  })
})

describe('a store that is full', () => {
  it('keeps what was written in memory, says so, and stores it when there is room', async () => {
    const { store, manager, session } = await begin()
    const events: SessionEvent[] = []
    manager.on('commit-failed', event => events.push(event))
    store.failure = 'quota'

    const stored = session.append(user('a'))
    await expect(manager.flush()).rejects.toMatchObject({ name: 'StoreError', code: 'STORE_QUOTA', reason: 'quota' })

    expect([texts(session), session.status, manager.getSnapshot().status]).toEqual([['a'], 'unsaved', 'unsaved'])
    expect(events[0]).toMatchObject({ id: session.id, error: { code: 'STORE_QUOTA' }, attempt: 1 })
    store.failure = undefined
    await manager.flush()
    await stored
    expect([session.status, texts((await store.load(session.id)) as never)]).toEqual(['saved', ['a']])
  })

  it('tries again by itself', async () => {
    const { store, session } = await begin()
    store.failure = 'blocked'
    const stored = session.append(user('a'))
    await expect.poll(() => session.status).toBe('unsaved')

    store.failure = undefined
    await stored

    expect(session.status).toBe('saved')
  })

  it('lets a conversation begin, run its turns and be exported', async () => {
    const { store, manager } = await begin()
    store.failure = 'quota'

    const created = manager.create({ title: 'Offline' })
    const session = manager.current
    await session?.turn(async turn => {
      void turn.session.append(user('question'))
      const writer = await turn.session.stream({ role: 'assistant' })
      writer.write('answer')
      void writer.complete()
    })

    expect(session && [texts(session), session.status]).toEqual([['question', 'answer'], 'unsaved'])
    const data = await manager.export(session?.id)
    await using other = createSessionManager<ChatMessage>()
    await other.import(data)
    expect(texts(await other.open(session?.id ?? ''))).toEqual(['question', 'answer'])

    store.failure = undefined
    await manager.flush()
    expect((await created).id).toBe(session?.id)
    expect(texts((await store.load(session?.id ?? '')) as never)).toEqual(['question', 'answer'])
  })

  it('gives each who waits an error of its own when the manager is disposed', async () => {
    const { store, manager, session } = await begin()
    store.failure = 'quota'
    const writes = [session.append(user('a')), session.append(user('b'))]
    const results = Promise.allSettled(writes)

    await manager[Symbol.asyncDispose]()

    const [a, b] = (await results).map(each => each.status === 'rejected' && each.reason)
    expect([a, b]).toMatchObject([{ code: 'STORE_CLOSED' }, { code: 'STORE_CLOSED' }])
    expect(a).not.toBe(b)
    await expect(session.append(user('c'))).rejects.toMatchObject({ code: 'STORE_CLOSED' })
    await expect(manager.create()).rejects.toMatchObject({ code: 'STORE_CLOSED' })
  })
})

describe('a lost answer', () => {
  it('stores once what was sent twice', async () => {
    const { store, session } = await begin()
    store.lostAnswers = 2

    await session.append(user('a'))

    expect(texts((await store.load(session.id)) as never)).toEqual(['a'])
    expect([session.version, session.status]).toEqual([2, 'saved'])
  })
})

describe('dispose', () => {
  it('stores what can be stored, may be called twice, and leaves no timer', async () => {
    const store = memoryStore()
    const manager = createSessionManager<ChatMessage>({ store })
    const session = await manager.create()
    const writer = await session.stream({ role: 'assistant' })
    writer.write('cut ')
    void session.append(user('last'))

    await Promise.all([manager[Symbol.asyncDispose](), manager[Symbol.asyncDispose]()])

    const stored = await store.load(session.id)
    expect(stored?.messages).toMatchObject([{ content: 'cut ', status: 'interrupted' }, { content: 'last' }])
  })

  it('follows the signal of the manager', async () => {
    const controller = new AbortController()
    const manager = createSessionManager({ signal: controller.signal })
    controller.abort()
    await expect(manager.create()).rejects.toMatchObject({ code: 'STORE_CLOSED' })
  })
})
