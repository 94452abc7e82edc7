import { collectGarbage } from 'test-fixtures/collect-garbage'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { debugLocks, type LockReport } from './debug.ts'
import { KeyedMutex, Mutex } from './index.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('debugLocks', () => {
  it('tells who holds and who waits, since when and from where', async () => {
    using locks = debugLocks()
    const mutex = new Mutex({ name: 'inbox' })
    const guard = await mutex.acquire({ owner: 'me' })
    const waiting = mutex.acquire({ owner: 'you' })

    const { held, pending } = locks.snapshot()

    expect(held).toMatchObject([{ lock: 'inbox', owner: 'me', sinceMs: expect.any(Number) }])
    expect(pending).toMatchObject([{ lock: 'inbox', owner: 'you' }])
    expect(held[0]?.stack).toContain('debug.test.ts')
    guard.release()
    const next = locks.snapshot()
    expect([next.held.map(({ owner }) => owner), next.pending]).toEqual([['you'], []])
    expect(next.held[0]?.stack).toContain('debug.test.ts')
    ;(await waiting).release()
    expect(locks.snapshot()).toEqual({ held: [], pending: [] })
  })

  it('takes no stacks when it is told not to', async () => {
    using locks = debugLocks({ stacks: false })
    using _guard = await new Mutex().acquire()

    expect(locks.snapshot().held).toMatchObject([{ stack: undefined }])
  })

  it('warns of a long hold, once, and does nothing to the holder', async () => {
    vi.useFakeTimers()
    const reports: LockReport[] = []
    using _locks = debugLocks({ longHoldMs: 100, onLongHold: report => void reports.push(report) })
    const mutex = new Mutex({ name: 'slow' })
    const short = await mutex.acquire()
    await vi.advanceTimersByTimeAsync(99)
    short.release()
    const long = await mutex.acquire()
    await vi.advanceTimersByTimeAsync(1000)

    expect(reports).toMatchObject([{ lock: 'slow', sinceMs: 100 }])
    expect(long.released).toBe(false)
    long.release()
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([Number.POSITIVE_INFINITY, 2 ** 31])(
    'warns no earlier when a hold is long from %s ms on',
    async longHoldMs => {
      vi.useFakeTimers()
      const onLongHold = vi.fn()
      using _locks = debugLocks({ longHoldMs, onLongHold })
      const guard = await new Mutex().acquire()

      await vi.advanceTimersByTimeAsync(2 ** 31 - 1)
      expect(onLongHold).not.toHaveBeenCalled()
      await vi.advanceTimersByTimeAsync(1)
      expect(onLongHold).toHaveBeenCalledTimes(longHoldMs === Infinity ? 0 : 1)
      guard.release()
      expect(vi.getTimerCount()).toBe(0)
    },
  )

  it('keeps no process alive, not even with the second timer of a hold that is long after 24.8 days', async () => {
    vi.useFakeTimers()
    const started = vi.spyOn(globalThis, 'setTimeout')
    using _locks = debugLocks({ longHoldMs: 2 ** 31 })
    using _guard = await new Mutex().acquire()

    await vi.advanceTimersByTimeAsync(2 ** 31 - 1)

    const timers = started.mock.results.map(({ value }) => value as NodeJS.Timeout)
    expect(timers.map(timer => timer.hasRef())).toEqual([false, false])
    started.mockRestore()
  })

  it('refuses a longHoldMs that is no duration', async () => {
    const range = '`longHoldMs` must be a number of milliseconds >= 0, got'
    expect(() => debugLocks({ longHoldMs: -1 })).toThrow(new RangeError(`${range} -1`))
    expect(() => debugLocks({ longHoldMs: Number.NaN })).toThrow(new RangeError(`${range} NaN`))
    expect(() => debugLocks({ longHoldMs: '5' as never })).toThrow(new TypeError(`${range} 5`))
  })

  it('reports a guard that was dropped without release, and none that was released', async () => {
    const leaks: LockReport[] = []
    using _locks = debugLocks({ onLeak: report => void leaks.push(report) })
    const forgotten = new Mutex({ name: 'forgotten' })
    const keyed = new KeyedMutex({ name: 'keys' })
    await (async () => {
      await forgotten.acquire({ owner: 'nobody' })
      await keyed.acquire('lost')
      ;(await new Mutex({ name: 'fine' }).acquire()).release()
    })()

    await vi.waitFor(() => {
      collectGarbage()
      expect(leaks).toHaveLength(2)
    })

    expect(leaks.map(({ lock }) => lock).sort()).toEqual(['forgotten', 'keys[lost]'])
    expect(leaks[0]?.stack).toContain('debug.test.ts')
    expect(forgotten.isLocked()).toBe(true)
  })

  it('leaves nothing running when it is disposed', async () => {
    vi.useFakeTimers()
    const onLongHold = vi.fn()
    const locks = debugLocks({ longHoldMs: 10, onLongHold })
    using _guard = await new Mutex().acquire()

    locks.dispose()
    locks.dispose()

    expect(vi.getTimerCount()).toBe(0)
    await vi.advanceTimersByTimeAsync(100)
    expect(onLongHold).not.toHaveBeenCalled()
    expect(locks.snapshot()).toEqual({ held: [], pending: [] })
  })
})
