import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KeyedMutex, LockManager, Mutex, observeLocks } from './index.ts'

let stop = () => {}
beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** What happens, as text. */
function record() {
  const log: string[] = []
  stop = observeLocks({
    onWait: ({ lock, pending }) => void log.push(`${lock}: waits as ${pending}`),
    onAcquire: ({ lock, owner, waitedMs }) => void log.push(`${lock}: ${owner} in after ${waitedMs}`),
    onRelease: ({ lock, heldMs }) => void log.push(`${lock}: out after ${heldMs}`),
    onRefuse: ({ lock, reason, waitedMs }) => void log.push(`${lock}: ${(reason as Error).name} after ${waitedMs}`),
  })
  return log
}

/** What it throws cannot be made a string. */
const broken = () => {
  throw Object.create(null)
}

describe('observeLocks', () => {
  it('tells who waits, comes in, leaves and is refused, with times', async () => {
    const log = record()
    const mutex = new Mutex({ name: 'a' })
    const guard = await mutex.acquire({ owner: 1 })
    const late = mutex.acquire({ timeoutMs: 50 }).catch(() => {})
    const section = mutex.runExclusive(() => {}, { owner: 2 })

    await vi.advanceTimersByTimeAsync(70)
    guard.release()
    await Promise.all([late, section])

    expect(log).toEqual([
      'a: 1 in after 0',
      'a: waits as 1',
      'a: waits as 2',
      'a: LockTimeoutError after 50',
      'a: out after 70',
      'a: 2 in after 70',
      'a: out after 0',
    ])
  })

  it('sees a section on a free lock, keys by name, and the names of a lock manager', async () => {
    const log = record()

    await new Mutex().runExclusive(() => {})
    await new KeyedMutex({ name: 'users' }).runExclusive(7, () => {})
    await new LockManager().request('draft', () => {})

    expect(log.filter(entry => entry.includes(' in '))).toEqual([
      'mutex: undefined in after 0',
      'users[7]: undefined in after 0',
      'draft: undefined in after 0',
    ])
    expect(log.filter(entry => entry.includes(' out '))).toHaveLength(3)
  })

  it('tells that a section left which was queued before anybody watched', async () => {
    const mutex = new Mutex({ name: 'a' })
    const guard = await mutex.acquire()
    const section = mutex.runExclusive(() => {})
    const log = record()

    guard.release()
    await section

    expect(log).toEqual(['a: out after 0', 'a: undefined in after 0', 'a: out after 0'])
  })

  it('does not take one that waits for the unlock for one that waits for the lock', async () => {
    const mutex = new Mutex({ name: 'a' })
    const guard = await mutex.acquire()
    const log = record()
    const unlocked = mutex.waitForUnlock()
    guard.release()
    await unlocked

    expect(log).toEqual(['a: out after 0'])
  })

  it('reports what a hook throws or rejects with, and breaks nothing', async () => {
    const errors: unknown[] = []
    const undo = observeLocks({
      onAcquire() {
        throw 'thrown'
      },
      onRelease: (async () => Promise.reject('rejected')) as () => void,
      onHookError: error => void errors.push(error),
    })
    const log = record()

    expect(await new Mutex().runExclusive(() => 'fine')).toBe('fine')
    await vi.advanceTimersByTimeAsync(0)
    undo()

    expect(errors).toEqual(['thrown', 'rejected'])
    expect(log).toHaveLength(2)
  })

  it.each([
    ['nothing', undefined],
    ['onHookError that throws, too', broken],
    ['onHookError that rejects', async () => broken()],
  ])('lets the next one in when a hook throws what has no text, with %s', async (_, onHookError) => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    vi.stubGlobal('reportError', undefined)
    stop = observeLocks({ onAcquire: broken, onRelease: broken, ...(onHookError && { onHookError }) })
    const mutex = new Mutex()
    const guard = await mutex.acquire()
    const next = mutex.acquire()

    guard.release()
    ;(await next).release()

    expect(mutex.isLocked()).toBe(false)
    expect(emitWarning).not.toHaveBeenCalled()
  })

  it('reports what a hook of another realm rejects with', async () => {
    const onHookError = vi.fn()
    const reject = runInNewContext('() => Promise.reject("rejected")') as () => void
    stop = observeLocks({ onAcquire: reject, onHookError })

    await new Mutex().runExclusive(() => {})
    await vi.advanceTimersByTimeAsync(0)

    expect(onHookError).toHaveBeenCalledExactlyOnceWith('rejected')
  })

  it.each(['Deno', 'Bun'])(
    'in %s, where reportError ends the process, a hook that throws is a warning',
    async runtime => {
      const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
      const reportError = vi.fn()
      vi.stubGlobal('reportError', reportError)
      vi.stubGlobal(runtime, {})
      const bug = new Error('bug')
      stop = observeLocks({ onAcquire: () => Promise.reject(bug) })

      await new Mutex().runExclusive(() => {})
      await vi.advanceTimersByTimeAsync(0)

      expect(emitWarning).toHaveBeenCalledExactlyOnceWith(bug)
      expect(reportError).not.toHaveBeenCalled()
    },
  )

  it.each([undefined, null, 5])('refuses %s for an observer, and watches nothing', async observer => {
    expect(() => observeLocks(observer as never)).toThrow(
      new TypeError(`\`observer\` must be an object, got ${observer}`),
    )
    expect(await new Mutex().runExclusive(() => 'fine')).toBe('fine')
  })

  it('may use the lock from a hook: one that is let in meanwhile is not refused', async () => {
    const mutex = new Mutex()
    const guard = await mutex.acquire()
    stop = observeLocks({ onRefuse: () => guard.release() })
    const waits = [mutex.runExclusive(() => 1), mutex.runExclusive(() => 2)]

    mutex.cancel()

    expect(await Promise.allSettled(waits)).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: 2 }])
    expect([mutex.isLocked(), mutex.pending]).toEqual([false, 0])
  })

  it('says nothing after its undo, and each undo is for its own hooks', async () => {
    const hooks = { onAcquire: vi.fn() }
    const undo = observeLocks(hooks)
    const undoSecond = observeLocks(hooks)

    undo()
    undo()
    await new Mutex().runExclusive(() => {})
    undoSecond()
    await new Mutex().runExclusive(() => {})

    expect(hooks.onAcquire).toHaveBeenCalledTimes(1)
  })
})
