import { describe, expect, it } from 'vitest'
import { type ChatMessage, faultyStore, user } from '../test/faulty-store.ts'
import { createSessionManager, memoryStore, type SessionStatus } from './index.ts'

describe('a listener', () => {
  it('is not called any more once it was removed, also by one that was called before it', async () => {
    await using manager = createSessionManager<ChatMessage>()
    const session = await manager.create()
    const called: string[] = []
    const undo: (() => void)[] = []
    for (const add of [
      (listener: () => void) => manager.on('session-changed', listener),
      (listener: () => void) => manager.subscribe(listener),
      (listener: () => void) => session.subscribe(listener),
    ]) {
      const kind = undo.length
      add(() => undo[kind]?.())
      undo.push(add(() => called.push(`${kind}`)))
    }

    await session.append(user('a'))

    expect(called).toEqual([])
  })
})

describe('an update that waits for its store after three conflicts', () => {
  it('shows that it is not saved, and tells why', async () => {
    const inner = memoryStore()
    let isDown = false
    const store = {
      ...faultyStore(inner),
      load: async (...args: Parameters<typeof inner.load>) => {
        if (isDown) throw new Error('socket hang up')
        return inner.load(...args)
      },
    }
    await using manager = createSessionManager<ChatMessage>({ store })
    const session = await manager.create()
    const statuses: SessionStatus[] = []
    manager.on('commit-failed', () => {
      statuses.push(session.status)
      isDown = false
    })
    let runs = 0

    await session.update(async () => {
      if (++runs <= 3) await session.append(user('noise'))
      await manager.flush()
      isDown = runs === 3
      return {}
    })

    expect(new Set(statuses)).toEqual(new Set(['unsaved']))
    expect([session.status, manager.getSnapshot().status]).toEqual(['saved', 'saved'])
  })
})

describe('the status of a manager', () => {
  it('is the worst of its sessions, and looks at those alone that are not saved', async () => {
    const store = faultyStore()
    await using manager = createSessionManager<ChatMessage>({ store })
    const [a, b] = [await manager.create(), await manager.create()]
    store.failure = 'quota'
    const writes = [a.append(user('a')), b.append(user('b'))]
    await expect(manager.flush()).rejects.toMatchObject({ code: 'STORE_QUOTA' })
    expect(manager.getSnapshot().status).toBe('unsaved')

    store.failure = undefined
    await Promise.all(writes)
    expect(manager.getSnapshot().status).toBe('saved')
  })
})
