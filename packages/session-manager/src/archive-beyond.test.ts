import { describe, expect, it } from 'vitest'
import { faultyStore, texts, user } from '../test/faulty-store.ts'
import { clock, type Message } from '../test/hurried-manager.ts'
import { type ArchiveLimits, archiveBeyond, createSessionManager, memoryStore, type SessionStore } from './index.ts'

function limited(limits: ArchiveLimits, store: SessionStore = memoryStore()) {
  return createSessionManager<Message>({ store, clock, limits: archiveBeyond(limits) })
}

describe('maxSessions', () => {
  it('archives the session that was changed least recently, and drops none', async () => {
    await using manager = limited({ maxSessions: 2 })
    const ids = async (archived: boolean) =>
      (await manager.list({ archived, order: 'asc' })).sessions.map(session => session.id)
    for (const id of ['a', 'b', 'c', 'd']) {
      await manager.create({ id, messages: [user(id)] })
      await new Promise(resolve => setTimeout(resolve, 2)) // The next one is newer.
    }
    await expect.poll(() => ids(false)).toEqual(['c', 'd'])
    expect((await ids(true)).sort()).toEqual(['a', 'b'])
    expect(texts(await manager.open('a'))).toEqual(['a'])
  })

  it('let an import go beyond it', async () => {
    await using before = createSessionManager()
    for (const id of ['a', 'b', 'c']) await before.create({ id })
    await using manager = limited({ maxSessions: 1 })
    await manager.import(await before.export())
    await expect.poll(async () => (await manager.list()).sessions.length).toBe(1)
    expect((await manager.list({ archived: true })).sessions.length).toBe(2)
  })

  it('holds for what is there when a manager begins', async () => {
    const store = memoryStore()
    await using before = createSessionManager({ store })
    for (const id of ['a', 'b', 'c']) await before.create({ id })
    await using manager = limited({ maxSessions: 1 }, store)
    await expect.poll(async () => (await manager.list()).sessions.length).toBe(1)
    expect((await manager.list({ archived: true })).sessions.length).toBe(2)
  })
})

describe('maxMessages', () => {
  const all = async (manager: ReturnType<typeof limited>, id: string) => [
    ...texts(await manager.open(`${id}/archive`)),
    ...texts(await manager.open(id)),
  ]
  const numbers = Array.from({ length: 35 }, (_, index) => String(index))

  it('moves the oldest to an archived session, in order, and drops none', async () => {
    await using manager = limited({ maxMessages: 10 })
    const session = await manager.create({ title: 'Long', metadata: { pinned: true } })
    for (const each of numbers) await session.append(user(each))
    await expect.poll(() => session.messages.length).toBeLessThanOrEqual(10)
    expect(session.messages.length).toBeGreaterThanOrEqual(9)
    await expect.poll(() => all(manager, session.id)).toEqual(numbers)
    const { sessions } = await manager.list({ archived: true })
    expect(sessions).toMatchObject([{ id: `${session.id}/archive`, title: 'Long', metadata: { pinned: true } }])
    expect((await manager.search('17')).sessions).toMatchObject([{ id: `${session.id}/archive` }])
  })

  it('loses and doubles nothing while the disk is full', async () => {
    const store = faultyStore()
    await using manager = limited({ maxMessages: 10 }, store)
    const session = await manager.create()
    const appends = numbers.map((each, index) => {
      if (index % 7 === 3) store.failure = 'quota'
      return session.append(user(each))
    })
    setTimeout(() => {
      store.failure = undefined
    }, 20)
    await Promise.all(appends)
    await session.append(user('last'))
    await expect.poll(() => all(manager, session.id)).toEqual([...numbers, 'last'])
    expect(session.messages.length).toBeLessThanOrEqual(10)
  })

  it('leaves a message that is being streamed, and what comes after it', async () => {
    await using manager = limited({ maxMessages: 2 })
    const session = await manager.create()
    await session.append(user('a'))
    const reply = await session.stream({ role: 'assistant', content: '' })
    for (const each of ['b', 'c', 'd']) await session.append(user(each))
    await expect.poll(() => texts(session)).toEqual(['', 'b', 'c', 'd'])
    reply.write('whole')
    await reply.complete()
    await expect.poll(() => session.messages.length).toBeLessThanOrEqual(2)
    expect(await all(manager, session.id)).toEqual(['a', 'whole', 'b', 'c', 'd'])
  })
})

it.each([[0], [-1], [1.5], ['2'], [Number.NaN]])('refuses a limit of %o', max => {
  expect(() => archiveBeyond({ maxSessions: max as number })).toThrow('maxSessions')
  expect(() => archiveBeyond({ maxMessages: max as number })).toThrow('maxMessages')
})
it('refuses limits that archiveBeyond has not made', () => {
  expect(() => createSessionManager({ limits: { maxSessions: 5 } as never })).toThrow('limits')
})
