import { expect, it } from 'vitest'
import { type ChatMessage, faultyStore, sleep, user } from '../test/faulty-store.ts'
import { createSessionManager, memoryStore, type SessionStore } from './index.ts'

function countLists() {
  const inner = memoryStore()
  const counted = { ...faultyStore(inner), lists: 0 }
  counted.list = (...args) => {
    counted.lists++
    return inner.list(...args)
  }
  return { inner, counted }
}

it('shows each append in the last list without asking the store for the list again', async () => {
  const { inner, counted } = countLists()
  await using manager = createSessionManager<ChatMessage>({ store: counted })
  const first = await manager.create({ title: 'first' })
  const second = await manager.create({ title: 'second' })
  await manager.list()
  const before = counted.lists
  await sleep(2)
  for (let n = 0; n < 10; n++) await first.append(user(`${n}`))

  const { sessions } = manager.getSnapshot()
  expect(sessions.map(({ id, messageCount }) => [id, messageCount])).toEqual([
    [first.id, 10],
    [second.id, 0],
  ])
  expect(sessions).toEqual((await inner.list({ limit: 10 })).sessions)
  expect(counted.lists).toBe(before)
})

it('asks the store when a session leaves the list, or comes from elsewhere', async () => {
  const { inner, counted } = countLists()
  await using ours = createSessionManager<ChatMessage>({ store: counted })
  await using theirs = createSessionManager<ChatMessage>({ store: inner })
  const titles = () => ours.getSnapshot().sessions.map(({ title }) => title)
  const { id } = await ours.create({ title: 'a' })
  await sleep(2)
  await ours.create({ title: 'b' })
  await ours.list({ limit: 2 })
  await sleep(2)
  await theirs.create({ title: 'c' })
  await expect.poll(titles).toEqual(['c', 'b'])
  await ours.archive(ours.current?.id ?? '')
  await expect.poll(titles).toEqual(['c', 'a'])
  await theirs.purge(id)
  await expect.poll(titles).toEqual(['c'])
})

/** The answers of `list` and of `commit` take a number of ticks to arrive. */
function slowStore(listTicks: number, commitTicks: number) {
  const store = memoryStore()
  const late = async <Answer>(answer: Promise<Answer>, ticks: number): Promise<Answer> => {
    await answer
    for (let tick = 0; tick < ticks; tick++) await null
    return answer
  }
  const slow: Partial<SessionStore> = {
    list: (...args) => late(store.list(...args), listTicks),
    commit: (...args) => late(store.commit(...args), commitTicks),
  }
  return { ...faultyStore(store), ...slow }
}

it.each([...Array(8).keys()])('does not go back to an answer from before a write, %i ticks later', async ticks => {
  await using manager = createSessionManager<ChatMessage>({ store: slowStore(4, ticks) })
  const { id } = await manager.create({ title: 'a' })
  await manager.current?.[Symbol.asyncDispose]()
  await manager.delete(id)
  await manager.list()
  await manager.restore(id)
  await expect.poll(() => manager.getSnapshot().sessions.map(({ title }) => title)).toEqual(['a'])
})

it('shows a session that was begun while the list was asked for the first time', async () => {
  await using manager = createSessionManager<ChatMessage>({ store: slowStore(50, 0) })
  await Promise.all([manager.list(), manager.create({ title: 'a' })])
  await expect.poll(() => manager.getSnapshot().sessions.map(({ title }) => title)).toEqual(['a'])
})
