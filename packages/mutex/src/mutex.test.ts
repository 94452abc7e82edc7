import assert from 'node:assert'
import { describe, expect, it } from 'vitest'
import { expectNoUnhandledRejection } from '../test/no-unhandled-rejection.ts'
import { Mutex, Semaphore } from './index.ts'

expectNoUnhandledRejection()

const turn = () => new Promise(resolve => setImmediate(resolve))

describe('Mutex hand-over', () => {
  it('lets no newcomer overtake the queue, in whatever microtask it comes', async () => {
    for (let delay = 0; delay < 9; delay++) {
      const mutex = new Mutex()
      const order: string[] = []
      const guard = await mutex.acquire()
      const queued = mutex.runExclusive(() => void order.push('queued'))

      guard.release()
      for (let i = 0; i < delay; i++) await undefined
      const newcomer = mutex.runExclusive(() => void order.push('newcomer'))
      await Promise.all([queued, newcomer])

      expect(order).toEqual(['queued', 'newcomer'])
    }
  })

  it('never shows a free lock between two sections', async () => {
    const mutex = new Mutex()
    const sections = [0, 1, 2].map(() => mutex.runExclusive(async () => {}))
    let ended = 0
    for (const section of sections) void section.then(() => ended++)

    while (ended < 3) {
      if (ended < 2) expect(mutex.isLocked()).toBe(true)
      await undefined
    }

    expect(mutex.isLocked()).toBe(false)
  })

  it('never starts a waiter inside the release of another', async () => {
    const mutex = new Mutex()
    const guard = await mutex.acquire()
    let started = false
    const queued = mutex.runExclusive(() => {
      started = true
    })

    guard.release()

    expect(started).toBe(false)
    expect(mutex.isLocked()).toBe(true)
    expect(mutex.pending).toBe(0)
    await queued
    expect(started).toBe(true)
  })
})

describe('Mutex guards', () => {
  it('release the lock once, however often and in whatever way they are released', async () => {
    const mutex = new Mutex()
    const first = await mutex.acquire()
    const order: string[] = []
    let inside = 0
    const enter = async (name: string) => {
      inside++
      expect(inside).toBe(1)
      order.push(name)
      await turn()
      inside--
    }
    const sections = ['a', 'b', 'c'].map(name => mutex.runExclusive(() => enter(name)))

    first.release()
    first.release()
    first[Symbol.dispose]()
    expect(first.released).toBe(true)
    await undefined
    first.release()
    await Promise.all(sections)
    const again = await mutex.acquire()
    first.release()

    expect(mutex.isLocked()).toBe(true)
    expect(again.released).toBe(false)
    again.release()
    expect(order).toEqual(['a', 'b', 'c'])
    expect(mutex.isLocked()).toBe(false)
  })

  it('work with using and await using', async () => {
    const mutex = new Mutex()
    {
      using guard = await mutex.acquire()
      expect(guard.released).toBe(false)
      expect(mutex.isLocked()).toBe(true)
    }
    expect(mutex.isLocked()).toBe(false)
    {
      await using guard = await mutex.acquire()
      expect(guard.released).toBe(false)
    }
    expect(mutex.isLocked()).toBe(false)
  })

  it('come from tryAcquire only when the lock is free', async () => {
    const mutex = new Mutex()

    const guard = mutex.tryAcquire()
    expect(guard).toBeDefined()
    expect(mutex.tryAcquire()).toBeUndefined()
    guard?.release()
    expect(mutex.isLocked()).toBe(false)

    const holding = mutex.runExclusive(async () => {})
    expect(mutex.tryAcquire()).toBeUndefined()
    await holding
  })

  it('are the only way to free a lock: the mutex itself has no release', () => {
    expect('release' in new Mutex()).toBe(false)
  })
})

describe('Mutex.waitForUnlock', () => {
  it('resolves at once on a free mutex', async () => {
    await new Mutex().waitForUnlock()
  })

  it('resolves when nobody holds or waits any more, and not before', async () => {
    const mutex = new Mutex()
    const guard = await mutex.acquire()
    const order: string[] = []
    const unlocked = mutex.waitForUnlock().then(() => order.push('unlocked'))
    const queued = mutex.runExclusive(turn).then(() => order.push('section'))

    expect(mutex.pending).toBe(1)
    guard.release()
    await Promise.all([unlocked, queued])

    expect(order).toEqual(['section', 'unlocked'])
    expect(mutex.isLocked()).toBe(false)
  })

  it('is left alone by cancel', async () => {
    const mutex = new Mutex()
    const guard = await mutex.acquire()
    const unlocked = mutex.waitForUnlock()

    expect(mutex.cancel()).toBe(0)
    guard.release()

    await unlocked
  })

  it('does not take the lock, and wakes all who wait for it', async () => {
    const mutex = new Mutex()
    const guard = await mutex.acquire()
    const waits = [mutex.waitForUnlock(), mutex.waitForUnlock(), mutex.waitForUnlock()]

    guard.release()

    expect(mutex.isLocked()).toBe(false)
    await Promise.all(waits)
  })

  it('costs those who wait for the lock nothing, however many watch it', async () => {
    const mutex = new Mutex()
    const elapsedMs = async (watchers: number) => {
      const guard = await mutex.acquire()
      const watches = Array.from({ length: watchers }, () => mutex.waitForUnlock())
      const startedAt = performance.now()
      const waits = Array.from({ length: 5000 }, () => mutex.runExclusive(() => {}))
      const ms = performance.now() - startedAt
      guard.release()
      await Promise.all([...watches, ...waits])
      return ms
    }
    const bestMs = async (watchers: number) =>
      Math.min(await elapsedMs(watchers), await elapsedMs(watchers), await elapsedMs(watchers))

    const aloneMs = await bestMs(0)
    // Some 100 times as long when each one walks past them.
    expect(await bestMs(50_000)).toBeLessThan(10 * aloneMs + 50)
  })

  it('ends with the signal or the time-out', async () => {
    const mutex = new Mutex()
    using _guard = await mutex.acquire()
    const controller = new AbortController()
    const aborted = mutex.waitForUnlock({ signal: controller.signal })
    controller.abort('enough')

    await expect(aborted).rejects.toBe('enough')
    await expect(mutex.waitForUnlock({ timeoutMs: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' })
    await expect(mutex.waitForUnlock({ timeoutMs: 1 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' })
  })
})

describe('Mutex options', () => {
  it('name what is wrong with them, the range and what came', async () => {
    expect(() => new Mutex({ maxPending: -1 })).toThrow(new RangeError('`maxPending` must be an integer >= 0, got -1'))
    expect(() => new Mutex({ maxPending: 1.5 })).toThrow(RangeError)
    expect(() => new Mutex({ maxPending: Number.NaN })).toThrow(RangeError)
    expect(() => new Mutex({ maxPending: '1' as never })).toThrow(TypeError)
    // A time-out's message would throw out of its timer, and the wait never end.
    expect(() => new Mutex({ name: Symbol('door') as never })).toThrow(
      new TypeError('`name` must be a string, got Symbol(door)'),
    )

    const mutex = new Mutex()
    await expect(mutex.acquire({ timeoutMs: -5 })).rejects.toThrow(
      new RangeError('`timeoutMs` must be a number of milliseconds >= 0, got -5'),
    )
    await expect(mutex.acquire({ timeoutMs: Number.NaN })).rejects.toThrow(RangeError)
    await expect(mutex.acquire({ timeoutMs: '5' as never })).rejects.toThrow(TypeError)
    await expect(mutex.runExclusive(() => 1, { priority: Number.POSITIVE_INFINITY })).rejects.toThrow(RangeError)
    await expect(mutex.runExclusive(() => 1, { signal: {} as never })).rejects.toThrow(TypeError)
    await expect(mutex.waitForUnlock({ timeoutMs: -1 })).rejects.toThrow(RangeError)
    // What came may have no text at all.
    for (const odd of [Object.create(null), Symbol('odd'), { toString: () => assert.fail() }]) {
      await expect(mutex.acquire({ timeoutMs: odd as never })).rejects.toThrow('`timeoutMs` must be a number')
      await expect(mutex.acquire({ signal: odd as never })).rejects.toThrow('`signal` must be an AbortSignal')
    }
    expect(mutex.isLocked()).toBe(false)
  })

  it.each([null, 5, 'fast'])('that are no object but %s are refused by name', async options => {
    const bad = options as never
    const mutex = new Mutex()
    const semaphore = new Semaphore(1)
    const message = `\`options\` must be an object, got ${options}`

    for (const make of [() => new Mutex(bad), () => new Semaphore(1, bad)]) expect(make).toThrow(new TypeError(message))
    for (const attempt of [() => mutex.tryAcquire(bad), () => semaphore.tryAcquire(bad)])
      expect(attempt).toThrow(new TypeError(message))
    for (const call of [mutex.acquire(bad), mutex.runExclusive(() => 1, bad), semaphore.acquire(bad)])
      await expect(call).rejects.toThrow(new TypeError(message))
  })

  it('refuse one waiter more than maxPending', async () => {
    const mutex = new Mutex({ name: 'door', maxPending: 2 })
    const guard = await mutex.acquire()
    const sections = [mutex.runExclusive(() => 1), mutex.runExclusive(() => 2)]

    await expect(mutex.runExclusive(() => 3)).rejects.toMatchObject({
      name: 'QueueFullError',
      code: 'QUEUE_FULL',
      message: '2 wait for door already',
    })
    expect(mutex.pending).toBe(2)
    guard.release()

    expect(await Promise.all(sections)).toEqual([1, 2])
    await expect(new Mutex({ maxPending: 0 }).runExclusive(() => 'free')).resolves.toBe('free')
  })

  it('may all be undefined', async () => {
    const mutex = new Mutex({ name: undefined, maxPending: undefined })

    await mutex.runExclusive(() => {}, {
      signal: undefined,
      timeoutMs: undefined,
      priority: undefined,
      owner: undefined,
    })
    expect(mutex.name).toBe('mutex')
  })
})
