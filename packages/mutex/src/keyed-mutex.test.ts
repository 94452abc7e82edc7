import { fakeTimers } from 'test-fixtures/fake-timers'
import { describe, expect, it, vi } from 'vitest'
import { KeyedMutex } from './index.ts'

const turn = () => new Promise(resolve => setImmediate(resolve))

describe('KeyedMutex', () => {
  it('keeps sections of one key apart, and lets other keys go', async () => {
    const locks = new KeyedMutex<string>()
    const log: string[] = []
    const section = (name: string) => async () => {
      log.push(`${name} in`)
      await turn()
      log.push(`${name} out`)
    }
    const sections = [
      locks.runExclusive('a', section('a1')),
      locks.runExclusive('a', section('a2')),
      locks.runExclusive('b', section('b1')),
    ]

    expect(log).toEqual(['a1 in', 'b1 in'])
    expect([locks.size, locks.isLocked('a'), locks.isLocked('c')]).toEqual([2, true, false])
    await Promise.all(sections)
    expect(log.indexOf('a2 in')).toBeGreaterThan(log.indexOf('a1 out'))
    expect([locks.size, locks.isLocked('a')]).toEqual([0, false])
  })

  it('takes keys of any type: 1 is not "1"', async () => {
    const locks = new KeyedMutex()
    const object = {}
    using _one = await locks.acquire(1)

    for (const key of ['1', object, {}, undefined, null, Number.NaN, Symbol('1'), Object.create(null)])
      expect(locks.tryAcquire(key)).toBeDefined()
    for (const key of [1, object, undefined, Number.NaN]) expect(locks.tryAcquire(key)).toBeUndefined()
  })

  it('keeps nothing for idle keys: a million of them, whatever became of the waits', async () => {
    const locks = new KeyedMutex<number>({ maxPending: 1 })
    for (let i = 0; i < 1_000_000; i++) locks.tryAcquire(i)?.release()
    expect(locks.size).toBe(0)

    const guard = await locks.acquire(0)
    const controller = new AbortController()
    const waits = [
      locks.acquire(0, { signal: controller.signal }),
      locks.acquire(0),
      locks.acquire(0, { timeoutMs: 0 }),
      locks.acquireAll([1, 0, 2]),
      locks.acquire(0, { timeoutMs: -1 }),
      locks.runExclusive(3, () => Promise.reject('no')),
    ]
    controller.abort('stop')
    await Promise.allSettled(waits)
    expect(locks.size).toBe(1)
    guard.release()
    expect(locks.size).toBe(0)
  })

  it('takes several keys in one order: nobody waits for each other, however they are given', async () => {
    const locks = new KeyedMutex<string>()
    let inside = 0
    const section = async () => {
      expect(++inside).toBe(1)
      await undefined
      inside--
    }
    const sections = Array.from({ length: 10_000 }, (_, i) =>
      locks.runExclusiveAll(i % 2 === 0 ? ['a', 'b'] : new Set(['b', 'a']), section),
    )

    await Promise.all(sections)

    expect(locks.size).toBe(0)
  })

  it('takes a key that is given twice once', async () => {
    const locks = new KeyedMutex<string>()

    const guard = await locks.acquireAll(['a', 'b', 'a'], { timeoutMs: 0 })

    expect(locks.size).toBe(2)
    guard.release()
    guard.release()
    expect([guard.released, locks.size]).toEqual([true, 0])
  })

  it('starts within the call when all keys are free, and runs with no keys at all', async () => {
    const locks = new KeyedMutex<string>()
    let started = 0

    const sections = [locks.runExclusiveAll(['a', 'b'], () => started++), locks.runExclusiveAll([], () => started++)]

    expect(started).toBe(2)
    await Promise.all(sections)
  })

  it('gives back what it took when a later key is not to be had', async () => {
    const locks = new KeyedMutex<string>()
    const b = await locks.acquire('b')

    await expect(locks.acquireAll(['a', 'b', 'c'], { timeoutMs: 5 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' })

    expect([locks.isLocked('a'), locks.isLocked('b'), locks.isLocked('c')]).toEqual([false, true, false])
    b.release()
    expect(locks.size).toBe(0)
  })

  it('has a key free for all that is wanted by one who still waits for another', async () => {
    const locks = new KeyedMutex<string>()
    const a = await locks.acquire('a')
    const both = locks.acquireAll(['a', 'b'])

    expect(locks.isLocked('b')).toBe(false)
    const b = locks.tryAcquire('b')
    expect([b?.released, locks.isLocked('b'), locks.tryAcquire('b')]).toEqual([false, true, undefined])

    a.release()
    b?.release()
    ;(await both).release()
    expect(locks.size).toBe(0)
  })

  it('rejects what is wrong and starts nothing', async () => {
    const locks = new KeyedMutex<string>({ name: 'users' })
    const fn = vi.fn()

    await expect(locks.runExclusive('a', fn, { signal: AbortSignal.abort('early') })).rejects.toBe('early')
    await expect(locks.runExclusiveAll([], fn, { signal: AbortSignal.abort('early') })).rejects.toBe('early')
    await expect(locks.acquireAll(1 as never)).rejects.toThrow(TypeError)
    expect(() => new KeyedMutex({ maxPending: -1 })).toThrow(RangeError)
    using _guard = await locks.acquire('a')
    await expect(locks.acquire('a', { timeoutMs: 0 })).rejects.toThrow('users[a] was not free within 0 ms')
    expect(fn).not.toHaveBeenCalled()
  })

  it('settles with the reason of an abort that comes with the grant, and passes the key on', async () => {
    const locks = new KeyedMutex<string>()
    const guard = await locks.acquire('a')
    const controller = new AbortController()
    const fn = vi.fn()
    const aborted = locks.runExclusive('a', fn, { signal: controller.signal })
    const next = locks.runExclusive('a', () => 'next')

    guard.release()
    controller.abort('stop')

    await expect(aborted).rejects.toBe('stop')
    expect(await next).toBe('next')
    expect(fn).not.toHaveBeenCalled()
    expect(locks.size).toBe(0)
  })

  it('finds a circle of owners over keys taken one by one', async () => {
    const locks = new KeyedMutex<string>()
    const a = await locks.acquire('a', { owner: 'keyed 1' })
    const b = await locks.acquire('b', { owner: 'keyed 2' })
    const waiting = locks.acquire('b', { owner: 'keyed 1' })

    await expect(locks.acquire('a', { owner: 'keyed 2' })).rejects.toMatchObject({
      cycle: [
        { owner: 'keyed 2', lock: 'keyed mutex[a]' },
        { owner: 'keyed 1', lock: 'keyed mutex[b]' },
      ],
    })
    b.release()
    ;(await waiting).release()
    a.release()
  })
})

describe('the timeoutMs of several keys', () => {
  fakeTimers()

  it('bounds the whole wait, not each key', async () => {
    const locks = new KeyedMutex<string>()
    const guards = [await locks.acquire('a'), await locks.acquire('b')]
    const outcome = locks.acquireAll(['a', 'b'], { timeoutMs: 100 }).catch(error => error)

    await vi.advanceTimersByTimeAsync(60)
    guards[0]?.release()
    await vi.advanceTimersByTimeAsync(39)
    expect(locks.isLocked('a')).toBe(true)
    await vi.advanceTimersByTimeAsync(1)

    expect(await outcome).toMatchObject({
      code: 'LOCK_TIMEOUT',
      message: 'keyed mutex[b] was not free within 100 ms',
    })
    expect(locks.isLocked('a')).toBe(false)
    guards[1]?.release()
  })

  it('goes by the monotonic clock: a wall clock set on by an hour ends no wait', async () => {
    const locks = new KeyedMutex<string>()
    const guards = [await locks.acquire('a'), await locks.acquire('b')]
    const both = locks.acquireAll(['a', 'b'], { timeoutMs: 100 })

    vi.setSystemTime(Date.now() + 3_600_000)
    await vi.advanceTimersByTimeAsync(60)
    guards[0]?.release()
    await vi.advanceTimersByTimeAsync(30)
    guards[1]?.release()

    ;(await both).release()
    expect(locks.size).toBe(0)
  })
})

describe('KeyedMutex keys', () => {
  it.each([null, undefined])('that are %s instead of an iterable run no section without a lock', async keys => {
    const locks = new KeyedMutex()
    const section = vi.fn()

    await expect(locks.runExclusiveAll(keys as never, section)).rejects.toThrow(TypeError)
    await expect(locks.acquireAll(keys as never)).rejects.toThrow(TypeError)
    expect(section).not.toHaveBeenCalled()
  })

  it('whose name cannot be read are locked all the same, and leave nothing', async () => {
    const locks = new KeyedMutex()
    const nameless = {
      get name() {
        throw new Error('no name')
      },
    }
    const guard = await locks.acquireAll(['a', nameless])

    expect(locks.isLocked(nameless)).toBe(true)
    guard.release()
    expect(locks.size).toBe(0)
  })
})
