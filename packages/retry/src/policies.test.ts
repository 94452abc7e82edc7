import { getEventListeners } from 'node:events'
import { fakeTimers } from 'test-fixtures/fake-timers'
import { describe, expect, it, vi } from 'vitest'
import {
  CircuitOpenError,
  circuitBreaker,
  compose,
  DeadlineError,
  type Policy,
  resilient,
  retryPolicy,
  TimeoutError,
  timeout,
  withFallback,
  withTimeout,
} from './index.ts'

const never = () => new Promise<never>(() => {})
const down = new Error('down')
const fails = () => Promise.reject(down)

fakeTimers()

async function run(call: Promise<unknown>): Promise<unknown> {
  const settled = call.catch(error => error)
  await vi.runAllTimersAsync()
  return settled
}

const policies: [string, () => Policy][] = [
  ['timeout', () => timeout(60_000)],
  ['retryPolicy', () => retryPolicy()],
  ['circuitBreaker', () => circuitBreaker()],
  ['compose of none', () => compose()],
  ['compose', () => compose(timeout(60_000), retryPolicy({ maxRetries: 1 }), circuitBreaker(), timeout(60_000))],
  ['resilient', () => resilient({ maxRetries: 1 })],
  ['resilient with a hedge', () => resilient({ maxRetries: 1, hedge: {} })],
]

describe.each(policies)('every policy: %s', (_, make) => {
  it('gives the result, or the error itself', async () => {
    expect(await run(make().execute(() => 1))).toBe(1)
    expect(await run(make().execute(fails))).toBe(down)
  })

  it('turns what is thrown within the call into a rejection', async () => {
    const bug = new TypeError('bug')
    const broken = () => {
      throw bug
    }
    expect(await run(make().execute(broken))).toBe(bug)
  })

  it('rejects with the reason itself when the caller aborts, tells the function, and keeps no listener', async () => {
    const controller = new AbortController()
    const reasons: unknown[] = []
    const ignoring = ({ signal }: { signal: AbortSignal }) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason), { once: true })
      return never()
    }
    const call = make().execute(ignoring, { signal: controller.signal })
    const reason = {}
    controller.abort(reason)

    await expect(call).rejects.toBe(reason)
    expect(reasons).toEqual([reason])
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    const fn = vi.fn()
    await expect(make().execute(fn, { signal: controller.signal })).rejects.toBe(reason)
    expect(fn).not.toHaveBeenCalled()
  })

  it('keeps no listener after a success', async () => {
    const { signal } = new AbortController()
    await make().execute(() => 1, { signal })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

describe('timeout and withTimeout', () => {
  it('reject in time and abort the signal with the same error', async () => {
    const reasons: unknown[] = []
    const stuck = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason))
      return never()
    }
    const errors = [await run(withTimeout(stuck, 50)), await run(timeout(50).execute(({ signal }) => stuck(signal)))]

    expect(errors).toEqual([new TimeoutError(50), new TimeoutError(50)])
    expect(reasons).toEqual(errors)
  })

  it('withTimeout rejects with the reason of the caller', async () => {
    const controller = new AbortController()
    const call = withTimeout(never, 50, { signal: controller.signal })
    controller.abort('enough')
    await expect(call).rejects.toBe('enough')
  })

  it('refuse a bad duration', async () => {
    await expect(withTimeout(never, Number.NaN)).rejects.toThrow(RangeError)
    expect(() => timeout(-1)).toThrow(RangeError)
  })
})

describe('compose', () => {
  it('has the first outermost', async () => {
    const fn = vi.fn(never)
    expect(await run(compose(retryPolicy({ maxRetries: 2 }), timeout(10)).execute(fn))).toEqual(new TimeoutError(10))
    expect(fn).toHaveBeenCalledTimes(3)

    fn.mockClear()
    expect(await run(compose(timeout(10), retryPolicy()).execute(fn))).toEqual(new TimeoutError(10))
    expect(fn).toHaveBeenCalledOnce()
  })
})

describe('retryPolicy', () => {
  it('obeys the signal of its options and that of the call', async () => {
    for (const which of [0, 1]) {
      const controllers = [new AbortController(), new AbortController()]
      const [own, calls] = controllers.map(({ signal }) => signal)
      const call = retryPolicy({ signal: own }).execute(never, { signal: calls })
      controllers[which]?.abort(which)
      await expect(call).rejects.toBe(which)
    }
  })
})

describe('resilient', () => {
  it('cuts an attempt at its time-out and everything at its deadline', async () => {
    const fn = vi.fn(never)
    expect(
      await run(
        resilient({ timeoutMs: 8000, jitter: 'none', breaker: circuitBreaker({ consecutiveFailures: 9 }) }).execute(fn),
      ),
    ).toBeInstanceOf(DeadlineError)
    expect(fn).toHaveBeenCalledTimes(4)
  })

  it('opens its breaker, and then fails at once', async () => {
    const policy = resilient()
    const fn = vi.fn(fails)
    await run(policy.execute(fn))
    await run(policy.execute(fn))
    const startedAt = performance.now()
    const error = await policy.execute(fn).catch(error => error)

    expect(error).toBeInstanceOf(CircuitOpenError)
    expect(performance.now()).toBe(startedAt)
  })

  it('waits for an open breaker while the budget pays for it', async () => {
    const breaker = circuitBreaker()
    for (let i = 0; i < 3; i++) await breaker.execute(fails).catch(() => {})
    const policy = resilient({ breaker, jitter: 'none' })
    const startedAt = performance.now()
    const calls = Array.from({ length: 3 }, () => run(policy.execute(() => 'fine')))
    const results = await Promise.all(calls)

    expect(results.filter(result => result === 'fine')).toHaveLength(1)
    expect(results[1]).toBeInstanceOf(CircuitOpenError)
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(5000)
  })

  it('hedges inside its deadline, around its retries', async () => {
    let calls = 0
    const policy = resilient({ hedge: { delayMs: 100 }, deadlineMs: 1000 })
    expect(await run(policy.execute(() => (++calls === 1 ? never() : calls)))).toBe(2)
    expect(await run(resilient({ hedge: {}, deadlineMs: 50 }).execute(never))).toBeInstanceOf(DeadlineError)
  })
})

describe('withFallback', () => {
  it('gives the first that succeeds, and what the others failed with', async () => {
    const third = vi.fn()
    const onFallback = vi.fn()
    const outcome = await run(withFallback([fails, () => 2, third], { onFallback }))

    expect(outcome).toEqual({ result: 2, index: 1, errors: [down] })
    expect(onFallback).toHaveBeenCalledExactlyOnceWith({ error: down, index: 0 })
    expect(third).not.toHaveBeenCalled()
  })

  it('rejects with the last error itself, and with nothing to call', async () => {
    const last = new Error('last')
    expect(await run(withFallback([fails, () => Promise.reject(last)]))).toBe(last)
    await expect(withFallback([])).rejects.toThrow(TypeError)
  })

  it('goes on only where shouldFallback says so', async () => {
    const second = vi.fn()
    expect(await run(withFallback([fails, second], { shouldFallback: () => false }))).toBe(down)
    expect(second).not.toHaveBeenCalled()
  })

  it('goes on though onFallback throws, and ends with the own error when shouldFallback does', async () => {
    const onHookError = vi.fn()
    const broken = () => {
      throw new Error('hook')
    }

    expect(await run(withFallback([fails, () => 2], { onFallback: broken, onHookError }))).toMatchObject({ result: 2 })
    expect(await run(withFallback([fails, () => 2], { shouldFallback: broken, onHookError }))).toBe(down)
    expect(onHookError).toHaveBeenCalledTimes(2)
  })

  it('ends with the reason of the caller, in flight and between', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const second = vi.fn()
    const inFlight = withFallback([never, second], { signal })
    const between = withFallback([fails, second], { signal, onFallback: () => controller.abort('enough') })

    await expect(between).rejects.toBe('enough')
    await expect(inFlight).rejects.toBe('enough')
    expect(second).not.toHaveBeenCalled()
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('with hedges gives up as without: with the error itself, at once when a wait would not fit, and once', async () => {
    const down = new Error('down')
    const onGiveUp = vi.fn()
    const options = { deadlineMs: 300, baseDelayMs: 1000, jitter: 'none', onGiveUp } as const
    for (const extra of [{}, { hedge: { delayMs: 5000 } }]) {
      onGiveUp.mockClear()
      const call = resilient({ ...options, ...extra })
        .execute(() => Promise.reject(down))
        .catch(error => error)
      expect(await call).toBe(down)
      expect(onGiveUp.mock.calls).toMatchObject([[{ error: down }]])
    }
  })
})
