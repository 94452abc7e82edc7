import { afterEach, describe, expect, it, vi } from 'vitest'
import { type ChatMessage, texts, user } from '../test/faulty-store.ts'
import { createSessionManager, memoryStore, type SessionStore } from './index.ts'
import { sqliteStore } from './sqlite.ts'

const YEAR = 365 * 24 * 60 * 60 * 1000
afterEach(() => void vi.useRealTimers())

/** Wall clocks are set, by users too; what counts here are versions. */
describe.each<[string, () => SessionStore]>([
  ['memory', memoryStore],
  ['SQLite', () => sqliteStore({ path: ':memory:' })],
])('a wall clock that jumps, with sessions in %s', (_, newStore) => {
  it('back by years: what is written later is later, in this tab and the other', async () => {
    const store = newStore()
    await using ours = createSessionManager<ChatMessage>({ store })
    await using theirs = createSessionManager<ChatMessage>({ store })
    vi.useFakeTimers({ now: Date.now() + 10 * YEAR, toFake: ['Date'] })
    const session = await ours.create({ title: 'from the future' })
    await session.append(user('first'))
    const { updatedAt } = (await store.load(session.id)) as { updatedAt: number }

    vi.setSystemTime(Date.now() - 20 * YEAR)
    const other = await theirs.open(session.id)
    await other.append(user('second'))
    await session.append(user('third'))
    await ours.flush()
    await theirs.flush()

    expect([texts(session), texts(other)]).toEqual([
      ['first', 'second', 'third'],
      ['first', 'second', 'third'],
    ])
    expect((await store.load(session.id))?.updatedAt).toBe(updatedAt)
    const later = await ours.create({ title: 'from the past' })
    expect((await ours.list()).sessions.map(each => each.id)).toEqual([session.id, later.id])
    await ours.delete(session.id)
    await ours.restore(session.id)
    expect(texts(await ours.open(session.id))).toEqual(['first', 'second', 'third'])
  })

  it('in either direction during a turn or a stream: neither ends, and nothing of them is lost', async () => {
    const store = newStore()
    await using manager = createSessionManager<ChatMessage>({ store })
    const session = await manager.create()
    vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] })
    await session.turn(async ({ session, signal }) => {
      const reply = await session.stream({ role: 'assistant' })
      for (const years of [10, -20, 5]) {
        vi.setSystemTime(Date.now() + years * YEAR)
        reply.write(`${years} `)
        await manager.flush()
      }
      await reply.complete()
      expect(signal.aborted).toBe(false)
    })
    expect((await store.load(session.id))?.messages).toMatchObject([{ content: '10 -20 5 ', status: 'complete' }])
  })
})
