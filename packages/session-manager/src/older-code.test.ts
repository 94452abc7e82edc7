import { describe, expect, it } from 'vitest'
import { faultyStore, sleep, texts, user } from '../test/faulty-store.ts'
import { clock, type Message } from '../test/hurried-manager.ts'
import { createSessionManager, memoryStore, type SessionManager, type SessionStore } from './index.ts'

/** A manager of its own on the store, as another tab would have it. */
function tab(store: SessionStore = memoryStore()): SessionManager<Message> {
  return createSessionManager<Message>({ store, clock })
}

const long = Array.from({ length: 250 }, (_, index) => user(String(index)))

/** What the older code did, one feature a fact, and what went wrong there. */
describe('each feature of the older code', () => {
  it('1 init: several managers live side by side, and each ends by itself', async () => {
    const [a, b] = [tab(), tab()]
    await a[Symbol.asyncDispose]()
    await expect(a.create()).rejects.toMatchObject({ code: 'STORE_CLOSED' })
    expect((await b.create()).status).toBe('saved')
  })

  it('2 current: another tab moves its own, not ours', async () => {
    const store = memoryStore()
    const [a, b] = [tab(store), tab(store)]
    const ours = await a.create()
    await b.create()
    await a.flush()
    expect([a.current?.id, b.current?.id === ours.id]).toEqual([ours.id, false])
  })

  it('3 create: has a UUID, is stored empty, and may be done in the middle of a turn', async () => {
    const store = memoryStore()
    const manager = tab(store)
    const first = await manager.create()
    const second = await first.turn(() => manager.create())
    expect(second.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect((await store.load(second.id))?.messages).toEqual([])
  })

  it('4 load: the last one asked for wins, and a message that is added meanwhile stays', async () => {
    const store = faultyStore()
    const before = tab(store)
    for (const id of ['a', 'b']) await before.create({ id, messages: [user(id)] })
    const manager = tab(store)
    const current = await manager.create()
    const switched = [manager.switchTo('a'), manager.switchTo('b')]
    await current.append(user('meanwhile'))
    await Promise.all(switched)
    expect([manager.current?.id, texts(manager.getSessionData())]).toEqual(['b', ['b']])
    expect(texts(current)).toEqual(['meanwhile'])
    await expect(manager.open('missing')).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
  })

  it('5 switch: is free during a turn, whose reply stays in its own session', async () => {
    const manager = tab()
    const first = await manager.create()
    const second = await manager.create()
    await manager.switchTo(first.id)
    const turn = first.turn(async ({ session }) => {
      await sleep(5)
      await session.append(user('late'))
    })
    await manager.switchTo(second.id)
    await turn
    expect([manager.current?.id, texts(first), texts(second)]).toEqual([second.id, ['late'], []])
  })

  it('6 delete: no save that was on its way brings it back', async () => {
    const store = memoryStore()
    const manager = tab(store)
    const session = await manager.create()
    const writer = await session.stream({ role: 'assistant' })
    writer.write('unsaved')
    await manager.delete(session.id)
    await manager.create()
    await manager.flush()
    expect((await store.load(session.id))?.deletedAt).toBeTypeOf('number')
    expect((await manager.list()).sessions.map(({ id }) => id)).not.toContain(session.id)
  })

  it('7 rename: stays when messages come and another tab writes', async () => {
    const store = memoryStore()
    const [a, b] = [tab(store), tab(store)]
    const session = await a.create({ messages: [user('first words')] })
    await Promise.all([a.rename(session.id, 'Mine'), (await b.open(session.id)).append(user('more'))])
    await session.append(user('even more'))
    expect((await store.load(session.id))?.title).toBe('Mine')
  })

  it('8 clear: takes out every message, in the store too', async () => {
    const store = memoryStore()
    const session = await tab(store).create({ messages: [user('a'), user('b')] })
    await session.update(() => ({ messages: [] }))
    expect((await store.load(session.id))?.messages).toEqual([])
  })

  it('9 list: loads no session, goes by pages, and tells an error from none', async () => {
    const store = faultyStore()
    const manager = tab(store)
    for (let n = 0; n < 5; n++) await manager.create({ messages: long })
    store.load = async () => {
      throw new Error('a list needs no messages')
    }
    const page = await manager.list({ limit: 3 })
    const next = await manager.list({ limit: 3, cursor: page.nextCursor })
    expect([page.sessions.length, next.sessions.length, next.nextCursor]).toEqual([3, 2, undefined])
    store.list = async () => {
      throw new Error('broken')
    }
    await expect(manager.list()).rejects.toThrow('broken')
  })

  it('10 search: finds text in parts too, in any case', async () => {
    const manager = createSessionManager<object>()
    const { id } = await manager.create({ messages: [{ role: 'user', parts: [{ type: 'text', text: 'A Needle' }] }] })
    await manager.create({ messages: [user('hay')] })
    expect((await manager.search('needle')).sessions.map(session => session.id)).toEqual([id])
  })

  it('11 history: cannot be changed from outside, at any depth', async () => {
    const session = await createSessionManager<{ meta: { tags: string[] } }>().create({
      messages: [{ meta: { tags: ['a'] } }],
    })
    expect(() => session.messages[0]?.meta.tags.push('b')).toThrow(TypeError)
  })

  it('12 add: leaves the caller’s message alone, keeps the order, and is stored without being asked', async () => {
    const store = memoryStore()
    const session = await tab(store).create()
    const given = [user('a'), { role: 'system', content: 'rules' }, user('b')]
    await session.append(given)
    expect(given[0]).toEqual(user('a'))
    expect(texts((await store.load(session.id)) as never)).toEqual(['a', 'rules', 'b'])
  })

  it('13 updateSessionData: waits for its updater, refuses another id, and counts nothing that changes nothing', async () => {
    const manager = tab()
    await manager.updateSessionData(async ({ id, messages }) => {
      await sleep(1)
      return { id, messages: [...messages, user('a')] }
    })
    const version = manager.current?.version
    await expect(manager.updateSessionData(data => ({ ...data, id: 'other' }))).rejects.toThrow('id')
    await manager.updateSessionData(data => data)
    expect([texts(manager.getSessionData()), manager.current?.version]).toEqual([['a'], version])
  })

  it('14 limits: there are none that drop', async () => {
    const store = memoryStore()
    const session = await tab(store).create()
    await session.append(long)
    expect((await store.load(session.id))?.messages.length).toBe(250)
  })

  it('15 title: is cut between characters as people count them', async () => {
    const family = '👩‍👩‍👧'
    const session = await tab().create({ messages: [user(family.repeat(70))] })
    expect(session.title).toBe(`${family.repeat(60)}…`)
  })

  it('16 save: of two tabs loses neither, and one that fails is said and made again', async () => {
    const store = faultyStore()
    const [a, b] = [tab(store), tab(store)]
    const mine = await a.create()
    const theirs = await b.open(mine.id)
    store.failure = 'failed'
    const saves = [mine.append(user('a')), theirs.append(user('b'))]
    await expect.poll(() => [mine.status, theirs.status]).toEqual(['unsaved', 'unsaved'])
    store.failure = undefined
    await Promise.all(saves)
    expect(texts((await store.load(mine.id)) as never).sort()).toEqual(['a', 'b'])
  })

  it('17 autosave: stores a stream while it goes on, however fast its pieces come', async () => {
    const store = memoryStore()
    const session = await tab(store).create()
    await using reply = await session.stream({ role: 'assistant' })
    const stored = async () => texts((await store.load(session.id)) as never)[0] ?? ''
    for (let n = 0; n < 200 && (await stored()).length === 0; n++) {
      reply.write('piece ')
      await sleep(1)
    }
    expect(await stored()).toMatch(/^piece /)
  })

  it('18 to 20 backup and recovery: a session is as it was stored last, with the half of a reply', async () => {
    const store = memoryStore()
    const gone = createSessionManager<Message>({ store, autosave: { delayMs: 0 } })
    const session = await gone.create({ messages: long })
    const [first] = session.messages
    await session.edit(first?.id ?? '', { content: 'edited' })
    const reply = await session.stream({ role: 'assistant' })
    reply.write('half')
    await gone.flush()
    await gone[Symbol.asyncDispose]()
    const again = await tab(store).open(session.id)
    expect([again.messages.length, again.messages[0]?.content]).toEqual([251, 'edited'])
    expect(again.messages.at(-1)).toMatchObject({ content: 'half', status: 'interrupted' })
  })

  it('22 data version: what was made for an older one is refused', async () => {
    const store = memoryStore()
    const [mine, theirs] = [tab(store), tab(store)]
    const session = await mine.create({ messages: [user('a')] })
    const { version: expectedVersion } = session
    await (await theirs.open(session.id)).append(user('b'))
    const regenerate = session.update(() => ({ messages: [] }), { expectedVersion })
    await expect(regenerate).rejects.toMatchObject({ code: 'VERSION_CONFLICT' })
  })

  it('23 safe JSON: reads what it wrote and nothing else, and a key named __proto__ stays a key', async () => {
    const manager = createSessionManager<object>()
    const { id } = await manager.create({ messages: [JSON.parse('{"__proto__": {"isAdmin": true}}')] })
    await expect(manager.import('{"sessions": []}')).rejects.toMatchObject({ code: 'VALIDATION' })
    const other = createSessionManager<object>()
    await other.import(await manager.export())
    const [message] = (await other.open(id)).messages
    expect([Object.hasOwn(message ?? {}, '__proto__'), Reflect.get(message ?? {}, 'isAdmin')]).toEqual([
      true,
      undefined,
    ])
  })

  it('24, 25 lock: excludes, and a late release frees nobody else’s', async () => {
    const manager = tab()
    const { id } = await manager.create()
    const first = await manager.acquireProcessingLock(id)
    first.release?.()
    const second = await manager.acquireProcessingLock(id)
    first.release?.()
    const third = await manager.acquireProcessingLock(id, { timeoutMs: 20 })
    expect([first.locked, second.locked, third.error]).toEqual([true, true, 'Lock acquisition timeout'])
    second.release?.()
  })

  it('26 events: tell of which session, and a session’s own listeners of no other', async () => {
    const manager = tab()
    const [a, b] = [await manager.create(), await manager.create()]
    const heard: string[] = []
    a.on('session-changed', ({ id }) => heard.push(id))
    await b.append(user('b'))
    await a.append(user('a'))
    expect(heard).toEqual([a.id])
  })

  it('27 mirror: shows the current session at once, and puts nothing on the global object', async () => {
    const before = Object.keys(globalThis)
    const manager = tab()
    const session = await manager.create({ messages: [user('a')] })
    expect(manager.getSessionData()).toEqual({ id: session.id, messages: session.messages })
    expect(Object.keys(globalThis)).toEqual(before)
  })

  it('28 storage: a full disk is a state that is told of, and ends', async () => {
    const store = faultyStore()
    const manager = tab(store)
    const session = await manager.create()
    const statuses: string[] = []
    manager.on('status-changed', ({ status }) => statuses.push(status))
    store.failure = 'quota'
    const stored = session.append(user('a'))
    await expect(manager.flush()).rejects.toMatchObject({ code: 'STORE_QUOTA' })
    store.failure = undefined
    await stored
    expect(statuses).toEqual(['saving', 'unsaved', 'saved'])
  })
})
