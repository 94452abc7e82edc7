import { fakeTimers } from 'test-fixtures/fake-timers'
import { describe, expect, it, vi } from 'vitest'
import { heldMutex } from '../test/held-mutex.ts'
import { type LockCanceledError, Mutex } from './index.ts'

fakeTimers()

describe('a wait with timeoutMs', () => {
  it('ends after it, is gone from the queue and never acquires', async () => {
    const { mutex, guard, log, enter } = await heldMutex()
    const waits = Array.from({ length: 1000 }, () => enter('late', { timeoutMs: 100 }))

    await vi.advanceTimersByTimeAsync(99)
    expect(mutex.pending).toBe(1000)
    await vi.advanceTimersByTimeAsync(1)
    expect(mutex.pending).toBe(0)
    await Promise.all(waits)
    guard.release()

    expect(new Set(log)).toEqual(new Set(['late: LOCK_TIMEOUT']))
    expect(mutex.isLocked()).toBe(false)
    expect(mutex.tryAcquire()).toBeDefined()
  })

  it('is over once the lock is held: the holder has all the time it needs', async () => {
    const { guard, log, enter, mutex } = await heldMutex()
    const wait = enter('in time', { timeoutMs: 10 })
    guard.release()
    await wait
    const held = await mutex.acquire({ timeoutMs: 10 })
    await vi.advanceTimersByTimeAsync(1000)

    expect(held.released).toBe(false)
    expect(log).toEqual(['in time'])
  })

  it('of 0 is now or never', async () => {
    const { mutex, guard } = await heldMutex()

    await expect(mutex.acquire({ timeoutMs: 0 })).rejects.toMatchObject({
      name: 'LockTimeoutError',
      message: 'mutex was not free within 0 ms',
    })
    expect(mutex.pending).toBe(0)
    guard.release()
    expect((await mutex.acquire({ timeoutMs: 0 })).released).toBe(false)
  })

  it('of Infinity sets no timer', async () => {
    const { guard, enter } = await heldMutex()
    const wait = enter('a', { timeoutMs: Number.POSITIVE_INFINITY })
    expect(vi.getTimerCount()).toBe(0)
    guard.release()
    await wait
  })

  it('longer than a timer can be still ends when it should', async () => {
    const { log, enter } = await heldMutex()
    const timeoutMs = 2 ** 31 * 2 + 1000
    const wait = enter('long', { timeoutMs })

    await vi.advanceTimersByTimeAsync(timeoutMs - 1)
    expect(log).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    await wait
    expect(log).toEqual(['long: LOCK_TIMEOUT'])
  })
})

describe('cancel', () => {
  it('rejects every waiter with an error of its own and leaves the holder', async () => {
    const mutex = new Mutex({ name: 'door' })
    const guard = await mutex.acquire()
    const reason = new Error('closing')
    const waits = [mutex.acquire(), mutex.acquire({ priority: 3 }), mutex.runExclusive(() => 1)]

    expect(mutex.cancel(reason)).toBe(3)
    const errors = (await Promise.allSettled(waits)).map(result => (result as PromiseRejectedResult).reason)

    expect(errors.map((error: LockCanceledError) => [error.name, error.code, error.cause])).toEqual(
      Array.from({ length: 3 }, () => ['LockCanceledError', 'LOCK_CANCELED', reason]),
    )
    expect(new Set(errors).size).toBe(3)
    expect(guard.released).toBe(false)
    expect(mutex.isLocked()).toBe(true)
    guard.release()
    expect(mutex.isLocked()).toBe(false)
  })

  it('does not reach whom the lock was just handed to', async () => {
    const { mutex, guard, log, enter } = await heldMutex()
    const waits = [enter('a'), enter('b')]

    guard.release()
    expect(mutex.cancel()).toBe(1)
    await Promise.all(waits)

    expect(log).toEqual(['a', 'b: LOCK_CANCELED'].sort((x, y) => log.indexOf(x) - log.indexOf(y)))
    expect(mutex.isLocked()).toBe(false)
  })
})

describe('priority', () => {
  it('lets the higher go first, and equals in the order in which they came', async () => {
    const { guard, log, enter } = await heldMutex()
    const waits = [
      enter('a0'),
      enter('b2', { priority: 2 }),
      enter('c-1', { priority: -1 }),
      enter('d2', { priority: 2 }),
      enter('e0', { priority: 0 }),
      enter('f1', { priority: 1 }),
    ]

    guard.release()
    await Promise.all(waits)

    expect(log).toEqual(['b2', 'd2', 'f1', 'a0', 'e0', 'c-1'])
  })

  it('is worth one second of waiting a step', async () => {
    const { guard, log, enter } = await heldMutex()
    const waits = [enter('a at 0')]
    await vi.advanceTimersByTimeAsync(900)
    waits.push(enter('b at 0.9 s with 1', { priority: 1 }))
    await vi.advanceTimersByTimeAsync(100)
    waits.push(enter('c at 1 s with 1', { priority: 1 }), enter('d at 1 s with 2', { priority: 2 }))
    await vi.advanceTimersByTimeAsync(3000)
    waits.push(enter('e at 4 s with 3', { priority: 3 }))

    guard.release()
    await Promise.all(waits)

    expect(log).toEqual(['d at 1 s with 2', 'b at 0.9 s with 1', 'a at 0', 'c at 1 s with 1', 'e at 4 s with 3'])
  })

  it('goes by the monotonic clock: a wall clock set back by an hour changes no order', async () => {
    const { guard, log, enter } = await heldMutex()
    const waits = [enter('first')]
    await vi.advanceTimersByTimeAsync(2000)
    vi.setSystemTime(Date.now() - 3_600_000)
    waits.push(enter('two seconds later with 1', { priority: 1 }))

    guard.release()
    await Promise.all(waits)

    expect(log).toEqual(['first', 'two seconds later with 1'])
  })

  it('costs no more the more wait: 100,000 of mixed priorities go in order', async () => {
    const { mutex, guard } = await heldMutex()
    const order: number[] = []
    const startedAt = process.cpuUsage()
    const waits = Array.from({ length: 100_000 }, (_, i) =>
      mutex.runExclusive(() => void order.push(i % 4), { priority: i % 4 }),
    )
    guard.release()
    await Promise.all(waits)

    expect(order).toEqual([...order].sort((a, b) => b - a))
    expect(process.cpuUsage(startedAt).user).toBeLessThan(4_000_000)
  })

  it('starves nobody: a low one gets in while high ones keep coming', async () => {
    const mutex = new Mutex()
    const log: string[] = []
    const guard = await mutex.acquire()
    const low = mutex.runExclusive(() => void log.push('low'))
    let current = guard
    for (let i = 0; i < 40 && !log.includes('low'); i++) {
      const high = mutex.acquire({ priority: 2 })
      await vi.advanceTimersByTimeAsync(100)
      current.release()
      current = await high
      log.push('high')
    }
    current.release()
    await low

    expect(log.indexOf('low')).toBeGreaterThan(15)
    expect(log.indexOf('low')).toBeLessThan(25)
  })
})
