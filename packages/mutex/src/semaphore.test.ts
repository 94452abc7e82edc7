import { describe, expect, it } from 'vitest'
import { type LockGuard, Semaphore } from './index.ts'

const turn = () => new Promise(resolve => setImmediate(resolve))

describe('Semaphore', () => {
  it('lets as many in as there are permits, within the call', async () => {
    const semaphore = new Semaphore(2)
    const started: number[] = []
    const sections = [0, 1, 2].map(i =>
      semaphore.run(async () => {
        started.push(i)
        await turn()
      }),
    )

    expect(started).toEqual([0, 1])
    expect([semaphore.available, semaphore.pending, semaphore.isLocked()]).toEqual([0, 1, true])
    await Promise.all(sections)
    expect([semaphore.available, semaphore.pending, semaphore.isLocked()]).toEqual([2, 0, false])
  })

  it('is not locked while a permit is free and nobody waits', async () => {
    const semaphore = new Semaphore(2)
    using _guard = await semaphore.acquire()

    expect(semaphore.isLocked()).toBe(false)
    expect(semaphore.available).toBe(1)
  })

  it('lets nobody overtake one that waits for many, not even tryAcquire', async () => {
    const semaphore = new Semaphore(3)
    const first = await semaphore.acquire({ permits: 2 })
    const order: string[] = []
    const large = semaphore.run(() => void order.push('large'), { permits: 3 })
    const small = semaphore.run(() => void order.push('small'))

    expect(semaphore.available).toBe(1)
    expect(semaphore.isLocked()).toBe(true)
    expect(semaphore.tryAcquire()).toBeUndefined()
    first.release()
    await Promise.all([large, small])
    expect(order).toEqual(['large', 'small'])
  })

  it('lets the small in once the large one ahead gives up', async () => {
    const semaphore = new Semaphore(2)
    using _guard = await semaphore.acquire()
    const controller = new AbortController()
    const large = semaphore.acquire({ permits: 2, signal: controller.signal })
    const small = semaphore.acquire()

    controller.abort('stop')

    await expect(large).rejects.toBe('stop')
    expect((await small).released).toBe(false)
  })

  it('lets a higher priority in at once when it goes first and there is room for it', async () => {
    const semaphore = new Semaphore(2)
    using _guard = await semaphore.acquire()
    void semaphore.acquire({ permits: 2 })

    const first = await semaphore.acquire({ priority: 1, timeoutMs: 0 })

    expect(first.released).toBe(false)
  })

  it('returns all permits of a guard, once', async () => {
    const semaphore = new Semaphore(3)
    const guard = await semaphore.acquire({ permits: 3 })

    expect(semaphore.available).toBe(0)
    guard.release()
    guard.release()
    expect(semaphore.available).toBe(3)
    expect(semaphore.tryAcquire({ permits: 3 })).toBeDefined()
  })

  it('refuses more permits than it has, none, and what is no number', async () => {
    const semaphore = new Semaphore(2)
    const message = '`permits` must be an integer from 1 to 2, got 3'

    await expect(semaphore.acquire({ permits: 3 })).rejects.toThrow(new RangeError(message))
    await expect(semaphore.run(() => {}, { permits: 3 })).rejects.toThrow(RangeError)
    expect(() => semaphore.tryAcquire({ permits: 3 })).toThrow(RangeError)
    await expect(semaphore.acquire({ permits: 0 })).rejects.toThrow(RangeError)
    await expect(semaphore.acquire({ permits: 1.5 })).rejects.toThrow(RangeError)
    await expect(semaphore.acquire({ permits: '1' as never })).rejects.toThrow(TypeError)
    expect(() => new Semaphore(-1)).toThrow(RangeError)
    expect(() => new Semaphore(Number.NaN)).toThrow(RangeError)
    expect(() => new Semaphore(undefined as never)).toThrow(TypeError)
    expect(() => semaphore.resize(0.5)).toThrow(RangeError)
    expect(semaphore.available).toBe(2)
  })

  it('lets waiters in at once when it grows', async () => {
    const semaphore = new Semaphore(1)
    using _guard = await semaphore.acquire()
    const waiting = [semaphore.acquire(), semaphore.acquire()]

    semaphore.resize(3)

    expect(semaphore.pending).toBe(0)
    for (const guard of await Promise.all(waiting)) guard.release()
    expect(semaphore.available).toBe(2)
  })

  it('takes no permit from a holder when it shrinks: fewer are available than none', async () => {
    const semaphore = new Semaphore(3)
    const guards = [await semaphore.acquire(), await semaphore.acquire(), await semaphore.acquire()]

    semaphore.resize(1)
    expect(semaphore.available).toBe(-2)
    const waiting = semaphore.acquire()
    guards[0]?.release()
    guards[1]?.release()
    expect([semaphore.available, semaphore.pending]).toEqual([0, 1])
    guards[2]?.release()
    ;(await waiting).release()
    expect(semaphore.available).toBe(1)
  })

  it('with no permits keeps everybody waiting until it grows', async () => {
    const semaphore = new Semaphore(1)
    const guard = await semaphore.acquire()
    const waiting = semaphore.acquire()
    semaphore.resize(0)
    guard.release()

    expect([semaphore.available, semaphore.pending, semaphore.isLocked()]).toEqual([0, 1, true])
    semaphore.resize(1)
    ;(await waiting).release()
  })

  it('made with no permits, or shrunk to none, keeps who comes waiting until it grows', async () => {
    const shrunk = new Semaphore(2)
    shrunk.resize(0)
    for (const semaphore of [new Semaphore(0), shrunk]) {
      expect(semaphore.tryAcquire()).toBeUndefined()
      expect(() => semaphore.tryAcquire({ permits: 2 })).toThrow('`permits` must be an integer from 1 to 1, got 2')
      const waiting = [semaphore.acquire(), semaphore.run(() => 'ran')]

      semaphore.resize(1)

      const guard = (await waiting[0]) as LockGuard
      guard.release()
      expect(await waiting[1]).toBe('ran')
    }
  })

  it('cancels those who wait, and bounds them by maxPending', async () => {
    const semaphore = new Semaphore(1, { name: 'pool', maxPending: 1 })
    const guard = await semaphore.acquire()
    const waiting = semaphore.acquire()

    await expect(semaphore.acquire()).rejects.toMatchObject({ code: 'QUEUE_FULL' })
    expect(semaphore.cancel()).toBe(1)
    await expect(waiting).rejects.toMatchObject({ code: 'LOCK_CANCELED', message: 'The wait for pool was canceled' })
    guard.release()
    expect(semaphore.isLocked()).toBe(false)
  })

  it('turns a throw of fn into a rejection and returns the permits', async () => {
    const semaphore = new Semaphore(2)
    const fail = () => {
      throw new Error('sync')
    }

    await expect(semaphore.run(fail, { permits: 2 })).rejects.toThrow('sync')
    expect(semaphore.available).toBe(2)
  })
})
