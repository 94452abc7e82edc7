import { describe, expect, it } from 'vitest'
import { sleep } from '../test/faulty-store.ts'
import { createSessionManager, memoryStore } from './index.ts'

async function begin() {
  const manager = createSessionManager()
  return { manager, session: await manager.create() }
}

describe('acquireProcessingLock', () => {
  it('is held until it is released, and waiters get it in turn', async () => {
    const { manager, session } = await begin()
    const first = await manager.acquireProcessingLock(session.id)
    expect(first).toMatchObject({ locked: true, currentSessionId: session.id })
    const waiting = manager.acquireProcessingLock(session.id)
    const third = manager.acquireProcessingLock()
    expect(await Promise.race([waiting, sleep(10)])).toBeUndefined()

    first.release?.()
    first.release?.()
    const second = await waiting
    expect(second.locked).toBe(true)
    expect(await Promise.race([third, sleep(10)])).toBeUndefined()
    second.release?.()
    ;(await third).release?.()
  })

  it('tells a time-out, and the waiter never acquires', async () => {
    const { manager, session } = await begin()
    const held = await manager.acquireProcessingLock()
    const waits = [1, 0].map(timeoutMs => manager.acquireProcessingLock(session.id, { timeoutMs }))
    for (const answer of await Promise.all(waits)) {
      expect(answer).toEqual({ locked: false, currentSessionId: session.id, error: 'Lock acquisition timeout' })
    }
    held.release?.()
    expect((await manager.acquireProcessingLock(null, { timeoutMs: 0 })).locked).toBe(true)
  })

  it('tells a circular wait only when it is one', async () => {
    const { manager } = await begin()
    const held = await manager.acquireProcessingLock(null, { owner: 'a' })
    const other = manager.acquireProcessingLock(null, { owner: 'b', timeoutMs: 10 })
    const same = await manager.acquireProcessingLock(null, { owner: 'a' })
    expect([same.error, (await other).error]).toEqual(['Circular wait detected', 'Lock acquisition timeout'])
    held.release?.()
  })

  it('tells that the session was switched, before or during the wait', async () => {
    const { manager, session } = await begin()
    const held = await manager.acquireProcessingLock(session.id)
    const waiting = manager.acquireProcessingLock(session.id)
    const next = await manager.create()
    const error = 'Session switched while waiting for lock'
    expect(await waiting).toEqual({ locked: false, currentSessionId: next.id, error })
    expect(await manager.acquireProcessingLock(session.id)).toEqual({ locked: false, currentSessionId: next.id, error })
    held.release?.()
  })

  it('locks also when there is no session', async () => {
    await using manager = createSessionManager()
    const held = await manager.acquireProcessingLock(null)
    expect(held).toMatchObject({ locked: true, currentSessionId: null })
    expect((await manager.acquireProcessingLock(undefined, { timeoutMs: 5 })).error).toBe('Lock acquisition timeout')
    held.release?.()
  })

  it('tries a lock manager that fails three times from 100 ms on', async () => {
    let calls = 0
    const request = async () => {
      calls++
      throw new Error('down')
    }
    const store = memoryStore()
    await using setup = createSessionManager({ store })
    const { id } = await setup.create()
    await using manager = createSessionManager({ store, locks: { request, query: async () => ({}) } as never })
    await manager.switchTo(id)
    const before = calls
    const startedAt = performance.now()

    const answer = await manager.acquireProcessingLock(id)

    expect(answer).toEqual({ locked: false, currentSessionId: id, error: 'Max retry attempts exceeded' })
    expect([calls - before, performance.now() - startedAt >= 295]).toEqual([3, true])
  })

  it('tries a lock manager again that fails as fetch does', async () => {
    let calls = 0
    const request = async () => {
      calls++
      throw new TypeError('fetch failed')
    }
    await using manager = createSessionManager({ locks: { request, query: async () => ({}) } as never })
    await manager.create()
    const before = calls
    expect((await manager.acquireProcessingLock()).error).toBe('Max retry attempts exceeded')
    expect(calls - before).toBe(3)
  })

  it('says that the manager was disposed to those who still wait', async () => {
    const { manager } = await begin()
    await manager.acquireProcessingLock()
    const waiting = manager.acquireProcessingLock()
    await manager[Symbol.asyncDispose]()
    await expect(waiting).rejects.toMatchObject({ code: 'STORE_CLOSED' })
  })

  it('rejects with the reason of an aborted signal', async () => {
    const { manager } = await begin()
    const held = await manager.acquireProcessingLock()
    const controller = new AbortController()
    const waiting = manager.acquireProcessingLock(null, { signal: controller.signal })
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    held.release?.()
  })
})
