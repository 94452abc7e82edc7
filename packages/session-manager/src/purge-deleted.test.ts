import { afterEach, describe, expect, it, vi } from 'vitest'
import { createSessionManager, memoryStore, purgeDeleted, type SessionStore } from './index.ts'

const DAY = 24 * 60 * 60 * 1000

afterEach(() => void vi.useRealTimers())

async function withTrash(): Promise<SessionStore> {
  vi.useFakeTimers({ now: 100 * DAY, toFake: ['Date'] })
  const store = memoryStore()
  const manager = createSessionManager({ store })
  for (const id of ['live', 'archived', 'old', 'new']) await manager.create({ id })
  await manager.archive('archived')
  await manager.delete('old')
  vi.setSystemTime(120 * DAY)
  await manager.delete('new')
  return store
}

describe('purgeDeleted', () => {
  it('purges what was deleted longer ago, and nothing that lives', async () => {
    const store = await withTrash()
    expect(await purgeDeleted(store, { olderThanMs: 30 * DAY })).toEqual([])
    vi.setSystemTime(131 * DAY)
    expect(await purgeDeleted(store, { olderThanMs: 30 * DAY })).toEqual(['old'])
    expect(await store.load('old')).toBe(undefined)
    for (const id of ['live', 'archived', 'new']) expect((await store.load(id))?.id).toBe(id)
  })

  it('leaves a session that is restored while it looks', async () => {
    const store = await withTrash()
    await using manager = createSessionManager({ store })
    const { commit } = store
    store.commit = async (id, each, options) => {
      store.commit = commit
      await manager.restore('old')
      return store.commit(id, each, options)
    }
    vi.setSystemTime(200 * DAY)
    expect(await purgeDeleted(store, { olderThanMs: 0 })).toEqual(['new'])
    expect((await manager.open('old')).id).toBe('old')
  })

  it('purges nothing that was deleted in the future of this clock', async () => {
    const store = await withTrash()
    vi.setSystemTime(50 * DAY)
    expect(await purgeDeleted(store, { olderThanMs: 0 })).toEqual([])
  })

  it.each([[Number.NaN], [-1], ['1 day'], [undefined]])('refuses to be older than %o', async olderThanMs => {
    await expect(purgeDeleted(memoryStore(), { olderThanMs: olderThanMs as number })).rejects.toThrow('olderThanMs')
  })
})
