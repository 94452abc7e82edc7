import { getEventListeners } from 'node:events'
import { fakeTimers } from 'test-fixtures/fake-timers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Clock, delay, getRetryContext, type RetryOptions, retry, retryBudget, systemClock } from './index.ts'

const down = async (): Promise<never> => {
  throw new Error('down')
}
const never = (): Promise<never> => new Promise(() => {})
const reason = { unique: 'reason' }
let controller = new AbortController()

fakeTimers()
beforeEach(() => {
  controller = new AbortController()
})
afterEach(() => {
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
})

/** Calls with the signal and expects a rejection with its reason itself, without any time passing. */
async function expectAbort(fn: () => unknown, options: RetryOptions = {}, meanwhile = async () => {}): Promise<void> {
  const startedAt = performance.now()
  const promise = retry(fn, { signal: controller.signal, ...options })
  const caught = promise.then(
    () => expect.unreachable(),
    (error: unknown) => [error, performance.now()],
  )
  await meanwhile()
  const abortedAt = performance.now()
  const [error, settledAt] = await caught

  expect(error).toBe(reason)
  expect(settledAt).toBe(Math.max(startedAt, abortedAt))
}

/** The value, when the call has been made. */
function after<T>(call: () => void, value: T): T {
  call()
  return value
}

function abortingAt(count: number): (...args: unknown[]) => void {
  let calls = 0
  return () => {
    if (++calls === count) controller.abort(reason)
  }
}

describe('the abort of the caller', () => {
  it('before the call: nothing is called', async () => {
    controller.abort(reason)
    const fn = vi.fn()
    await expectAbort(fn)
    await expectAbort(fn, { timeoutMs: 1000, deadlineMs: 5000 })

    expect(fn).not.toHaveBeenCalled()
  })

  it.each([{}, { timeoutMs: 1000 }, { deadlineMs: 1000 }, { timeoutMs: 500, deadlineMs: 1000 }])(
    'in flight of a function that ignores its signal: %o',
    async options => {
      const fn = vi.fn(never)
      await expectAbort(fn, options, async () => {
        await vi.advanceTimersByTimeAsync(100)
        controller.abort(reason)
      })

      expect(fn).toHaveBeenCalledOnce()
      expect(getRetryContext(reason)?.attempts).toMatchObject([{ attempt: 1, error: reason, errorClass: 'aborted' }])
    },
  )

  it.each([{}, { timeoutMs: 1000 }, { deadlineMs: 1000 }])('reaches the function by its signal: %o', async options => {
    const seen: unknown[] = []
    const promise = retry(
      ({ signal }) => {
        signal.addEventListener('abort', () => seen.push(signal.reason), { once: true })
        return never()
      },
      { signal: controller.signal, ...options },
    )
    controller.abort(reason)
    await expect(promise).rejects.toBe(reason)

    expect(seen).toEqual([reason])
  })

  it('in the wait', async () => {
    const fn = vi.fn(down)
    await expectAbort(fn, { baseDelayMs: 10_000, jitter: 'none' }, async () => {
      await vi.advanceTimersByTimeAsync(50)
      controller.abort(reason)
    })
    await vi.advanceTimersByTimeAsync(60_000)

    expect(fn).toHaveBeenCalledOnce()
  })

  it.each([
    ['fn', () => ({})],
    ['shouldRetry', (abort: () => void) => ({ shouldRetry: () => after(abort, true) })],
    ['an async shouldRetry', (abort: () => void) => ({ shouldRetry: async () => after(abort, never()) })],
    ['onRetry', (abort: () => void) => ({ onRetry: abort })],
    ['onGiveUp', (abort: () => void) => ({ maxRetries: 0, onGiveUp: abort })],
    ['classify', (abort: () => void) => ({ classify: () => after(abort, 'transient' as const) })],
    ['delayFromError', (abort: () => void) => ({ delayFromError: () => after(abort, 5) })],
    ['backoff', (abort: () => void) => ({ backoff: () => after(abort, 5) })],
    ['random', (abort: () => void) => ({ random: () => after(abort, 0.5) })],
  ] satisfies [string, (abort: () => void) => RetryOptions][])('inside %s: no further call', async (name, options) => {
    const abort = (): void => controller.abort(reason)
    const fn = vi.fn(name === 'fn' ? () => after(abort, down()) : down)
    if (name === 'onGiveUp') {
      // The call is over: its own error stands.
      await expect(retry(fn, { signal: controller.signal, ...options(abort) })).rejects.toThrow('down')
    } else await expectAbort(fn, options(abort))

    expect(fn).toHaveBeenCalledOnce()
  })

  it('inside shouldRetry: no retry is told of or paid for', async () => {
    const budget = retryBudget()
    const onRetry = vi.fn()
    await expectAbort(down, { budget, onRetry, shouldRetry: () => after(() => controller.abort(reason), true) })
    await vi.advanceTimersByTimeAsync(60_000)

    expect(onRetry).not.toHaveBeenCalled()
    expect(budget.tokens).toBe(70)
  })

  it.each(['now', 'setTimeout'] as const)('inside any call of clock.%s', async method => {
    for (let count = 1; count <= 12; count++) {
      controller = new AbortController()
      const fn = vi.fn(down)
      let callsAtAbort = Number.NaN
      const abortThen = abortingAt(count)
      const abort = (): void => {
        abortThen()
        if (controller.signal.aborted && Number.isNaN(callsAtAbort)) callsAtAbort = fn.mock.calls.length
      }
      const clock: Clock = {
        ...systemClock,
        [method]: (...args: [never, never]) => after(abort, systemClock[method](...args)),
      }
      // The timer of a fraction fires early, and is started anew.
      const exact = { baseDelayMs: 10.5, jitter: 'none' } as const
      const options = { signal: controller.signal, clock, timeoutMs: 1000, deadlineMs: 60_000, ...exact }
      const timersLeft = vi.fn()
      const promise = retry(fn, options).catch(error => after(() => timersLeft(vi.getTimerCount()), error))
      await vi.advanceTimersByTimeAsync(100_000)
      const error = await promise

      expect(timersLeft).toHaveBeenCalledExactlyOnceWith(0)
      if (controller.signal.aborted) expect(error).toBe(reason)
      if (controller.signal.aborted) expect(fn).toHaveBeenCalledTimes(callsAtAbort)
      expect(vi.getTimerCount()).toBe(0)
      expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    }
  })

  it('by AbortSignal.timeout() is an abort, not a time-out to retry', async () => {
    vi.useRealTimers()
    const fn = vi.fn(({ signal }) => delay(5000, { signal }))
    const signal = AbortSignal.timeout(10)
    const error = await retry(fn, { signal, baseDelayMs: 1 }).catch(error => error)

    expect(error).toBe(signal.reason)
    expect(fn).toHaveBeenCalledOnce()
    vi.useFakeTimers()
  })

  it('is known before its event has come round: the reason, not what the function made of it', async () => {
    let tell = (): void => {}
    const signal = Object.assign(new EventTarget(), { aborted: false, reason: undefined as unknown })
    const fn = vi.fn(() => new Promise<never>((_, reject) => (tell = () => reject(new Error('closed')))))
    const promise = retry(fn, { signal: signal as unknown as AbortSignal, baseDelayMs: 1 })
    Object.assign(signal, { aborted: true, reason })
    tell()

    await expect(promise).rejects.toBe(reason)
    expect(fn).toHaveBeenCalledOnce()
  })

  it('leaves no listener after a thousand calls on one signal', async () => {
    const options = { signal: controller.signal, baseDelayMs: 1, maxRetries: 1 }
    const calls = Array.from({ length: 1000 }, (_, n) => retry(n % 2 ? down : () => n, options).catch(() => {}))
    await vi.runAllTimersAsync()
    await Promise.all(calls)

    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('before the call has a context of its own: not that of a call before with the same reason', async () => {
    const reason = new Error('stop')
    const controller = new AbortController()
    const fails = () => {
      controller.abort(reason)
      throw new Error('down')
    }
    await expect(retry(fails, { signal: controller.signal })).rejects.toBe(reason)
    expect(getRetryContext(reason)?.attempts).toHaveLength(1)

    await expect(retry(fails, { signal: controller.signal })).rejects.toBe(reason)
    expect(getRetryContext(reason)?.attempts).toEqual([])
  })
})
