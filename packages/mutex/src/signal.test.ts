import { getEventListeners } from 'node:events'
import { fakeTimers } from 'test-fixtures/fake-timers'
import { describe, expect, it, vi } from 'vitest'
import { heldMutex } from '../test/held-mutex.ts'
import { type LockGuard, Mutex } from './index.ts'

fakeTimers()

describe('a wait with a signal', () => {
  it('rejects with the very reason, and starts nothing, when it is aborted before', async () => {
    const mutex = new Mutex()
    const reason = { why: 'because' }
    const signal = AbortSignal.abort(reason)
    const fn = vi.fn()

    await expect(mutex.runExclusive(fn, { signal })).rejects.toBe(reason)
    await expect(mutex.acquire({ signal })).rejects.toBe(reason)
    await expect(mutex.waitForUnlock({ signal })).rejects.toBe(reason)

    expect(fn).not.toHaveBeenCalled()
    expect(mutex.isLocked()).toBe(false)
  })

  it('rejects at once when it is aborted, and never acquires later', async () => {
    const { mutex, guard, log, enter } = await heldMutex()
    const controller = new AbortController()
    const waits = [enter('a', { signal: controller.signal }), enter('b')]

    controller.abort('stop')
    await waits[0]
    expect(log).toEqual(['a: stop'])
    expect(mutex.pending).toBe(1)
    guard.release()
    await Promise.all(waits)

    expect(log.sort()).toEqual(['a: stop', 'b'])
  })

  it('does not bind the holder', async () => {
    const mutex = new Mutex()
    const controller = new AbortController()
    const guard = await mutex.acquire({ signal: controller.signal })

    controller.abort()

    expect(guard.released).toBe(false)
    expect(mutex.isLocked()).toBe(true)
    guard.release()
  })

  it('adds one listener however many wait with it, and leaves none', async () => {
    const { mutex, guard, enter } = await heldMutex()
    const { signal } = new AbortController()
    const warnings: unknown[] = []
    const onWarning = (warning: unknown) => warnings.push(warning)
    process.on('warning', onWarning)

    const waits = Array.from({ length: 1000 }, (_, i) => enter(`${i}`, { signal }))
    const idle = mutex.waitForUnlock({ signal })
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    guard.release()
    await Promise.all([...waits, idle])

    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })

  it('leaves no listener after abort, time-out, cancel or a refusal', async () => {
    const { mutex, guard, enter } = await heldMutex()
    const controller = new AbortController()
    const { signal } = controller
    const waits = [enter('now', { signal, timeoutMs: 0 }), enter('late', { signal, timeoutMs: 5 })]
    await vi.advanceTimersByTimeAsync(5)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)

    waits.push(enter('canceled', { signal }))
    mutex.cancel()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)

    waits.push(enter('aborted', { signal, timeoutMs: 1000 }))
    controller.abort()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    guard.release()
    await Promise.all(waits)
  })

  it('rejects all who wait with it, in order, and lets the others in', async () => {
    const { guard, log, enter } = await heldMutex()
    const controller = new AbortController()
    const { signal } = controller
    const waits = [enter('a', { signal }), enter('b'), enter('c', { signal }), enter('d')]

    controller.abort('stop')
    guard.release()
    await Promise.all(waits)

    expect(log.filter(entry => entry.includes('stop'))).toEqual(['a: stop', 'c: stop'])
    expect(log.filter(entry => !entry.includes('stop'))).toEqual(['b', 'd'])
  })
})

describe('a signal that cannot be listened to', () => {
  it.each([
    { aborted: false },
    { aborted: false, throwIfAborted() {} },
    { aborted: false, addEventListener() {}, removeEventListener() {} },
  ])('is refused, free or taken, and leaves no wait behind that takes the lock for nobody', async signal => {
    const mutex = new Mutex()
    const options = { signal: signal as unknown as AbortSignal }

    await expect(mutex.acquire(options)).rejects.toThrow('`signal` must be an AbortSignal, got object')
    const guard = await mutex.acquire()
    await expect(mutex.acquire(options)).rejects.toThrow('`signal` must be an AbortSignal, got object')
    guard.release()

    expect(mutex.isLocked()).toBe(false)
  })
})

describe('abort and grant in one tick', () => {
  const outcomes = async (act: (guard: LockGuard, controller: AbortController) => void) => {
    const { mutex, guard, log, enter } = await heldMutex()
    const controller = new AbortController()
    const waits = [enter('a', { signal: controller.signal }), enter('b')]
    act(guard, controller)
    await Promise.all(waits)
    expect(mutex.isLocked()).toBe(false)
    return log
  }

  it('settles with the reason when the abort comes first', async () => {
    const log = await outcomes((guard, controller) => {
      controller.abort('stop')
      guard.release()
    })
    expect(log.sort()).toEqual(['a: stop', 'b'])
  })

  it('settles with the reason when the abort comes second, before anything has started', async () => {
    const log = await outcomes((guard, controller) => {
      guard.release()
      controller.abort('stop')
    })
    expect(log.sort()).toEqual(['a: stop', 'b'])
  })

  it('settles with the reason when an earlier listener of the same abort releases', async () => {
    const log = await outcomes((guard, controller) => {
      // In `outcomes` the lock listens already, so this one goes through a signal of its own.
      const before = new AbortController()
      before.signal.addEventListener('abort', () => {
        guard.release()
        controller.abort('stop')
      })
      before.abort()
    })
    expect(log.sort()).toEqual(['a: stop', 'b'])
  })

  it('does not grant to a waiter whose signal is aborted while an earlier listener releases', async () => {
    const { mutex, guard, log, enter } = await heldMutex()
    const controller = new AbortController()
    controller.signal.addEventListener('abort', () => guard.release())
    const waits = [enter('a', { signal: controller.signal }), enter('b')]

    controller.abort('stop')
    await Promise.all(waits)

    expect(log.sort()).toEqual(['a: stop', 'b'])
    expect(mutex.isLocked()).toBe(false)
  })

  it('gives no guard that nobody can see: the lock of an aborted acquire passes on', async () => {
    const mutex = new Mutex()
    const guard = await mutex.acquire()
    const controller = new AbortController()
    const aborted = mutex.acquire({ signal: controller.signal })
    const next = mutex.acquire()

    guard.release()
    controller.abort('stop')

    await expect(aborted).rejects.toBe('stop')
    ;(await next).release()
    expect(mutex.isLocked()).toBe(false)
  })
})
