import { fakeTimers } from 'test-fixtures/fake-timers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { circuitBreaker, DeadlineError, type RetryFunction, type RetryOptions, retry } from './index.ts'

const exact: RetryOptions = { baseDelayMs: 100, jitter: 'none' }
const down = new Error('down')
const fails = async (): Promise<never> => {
  throw down
}
const bug = new Error('hook is broken')
const broken = (): never => {
  throw bug
}

fakeTimers()
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

async function run(fn: RetryFunction<unknown>, options: RetryOptions): Promise<unknown> {
  const promise = retry(fn, options).catch(error => error)
  await vi.runAllTimersAsync()
  return promise
}

describe('hooks', () => {
  it('onRetry is told before each wait, onGiveUp once', async () => {
    const onRetry = vi.fn()
    const onGiveUp = vi.fn()
    await run(fails, { ...exact, maxRetries: 2, onRetry, onGiveUp })
    const common = { error: down, errorClass: 'unknown' }

    expect(onRetry.mock.calls).toMatchObject([
      [{ ...common, attempt: 1, retriesLeft: 2, delayMs: 100, elapsedMs: 0 }],
      [{ ...common, attempt: 2, retriesLeft: 1, delayMs: 200, elapsedMs: 100 }],
    ])
    expect(onGiveUp.mock.calls).toMatchObject([
      [{ ...common, attempt: 3, retriesLeft: 0, delayMs: 0, elapsedMs: 300, attempts: { length: 3 } }],
    ])
    expect(onRetry.mock.calls[0]?.[0].signal).toBeInstanceOf(AbortSignal)
  })

  it('onGiveUp is told of an error that is not retried, and not of success', async () => {
    const onGiveUp = vi.fn()
    await run(() => Promise.reject(new TypeError('bug')), { onGiveUp })
    expect(onGiveUp.mock.calls).toMatchObject([[{ attempt: 1, errorClass: 'programmer', retriesLeft: 3 }]])

    await run(() => 1, { onGiveUp })
    expect(onGiveUp).toHaveBeenCalledOnce()
  })

  it('classify decides the class', async () => {
    const fn = vi.fn(fails)
    await run(fn, { classify: () => 'client_error' })
    expect(fn).toHaveBeenCalledOnce()
  })

  it.each(['onRetry', 'onGiveUp', 'classify', 'delayFromError', 'backoff', 'retryOnResult'] as const)(
    '%s that throws is reported and changes nothing',
    async hook => {
      const fn = vi.fn(hook === 'retryOnResult' ? async () => 'done' : fails)
      const onHookError = vi.fn()
      const result = await run(fn, { ...exact, maxRetries: 1, [hook]: broken, onHookError })

      expect(result).toBe(hook === 'retryOnResult' ? 'done' : down)
      expect(fn).toHaveBeenCalledTimes(hook === 'retryOnResult' ? 1 : 2)
      expect(onHookError).toHaveBeenCalledWith(bug)
    },
  )

  it('onGiveUp that throws at the deadline is reported, and is no uncaught exception', async () => {
    const onHookError = vi.fn()
    const result = await run(() => new Promise(() => {}), { deadlineMs: 100, onGiveUp: broken, onHookError })

    expect(result).toBeInstanceOf(DeadlineError)
    expect(onHookError).toHaveBeenCalledExactlyOnceWith(bug)
  })

  it('isFailure of a breaker that throws is reported, and its rule stands', async () => {
    const onHookError = vi.fn()
    const breaker = circuitBreaker({ consecutiveFailures: 1, isFailure: broken, onHookError })

    await expect(breaker.execute(fails)).rejects.toBe(down)
    expect(breaker.state).toBe('open')
    expect(onHookError).toHaveBeenCalledExactlyOnceWith(bug)
  })

  it('shouldRetry that throws or rejects is reported and ends the retries', async () => {
    for (const shouldRetry of [broken, async () => broken()]) {
      const fn = vi.fn(fails)
      const onHookError = vi.fn()

      expect(await run(fn, { shouldRetry, onHookError })).toBe(down)
      expect(fn).toHaveBeenCalledOnce()
      expect(onHookError).toHaveBeenCalledExactlyOnceWith(bug)
    }
  })

  it('a hook that rejects is reported', async () => {
    const onHookError = vi.fn()
    await run(fails, { ...exact, maxRetries: 1, onRetry: async () => broken(), onHookError })

    expect(onHookError).toHaveBeenCalledExactlyOnceWith(bug)
  })

  it('without onHookError goes to reportError where there is one', async () => {
    const reportError = vi.fn()
    vi.stubGlobal('reportError', reportError)

    expect(await run(fails, { ...exact, onGiveUp: broken })).toBe(down)
    expect(reportError).toHaveBeenCalledExactlyOnceWith(bug)
  })

  it.each(['Deno', 'Bun'])('in %s, where reportError ends the process, is a process warning', async runtime => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const reportError = vi.fn()
    vi.stubGlobal('reportError', reportError)
    vi.stubGlobal(runtime, {})

    expect(await run(fails, { ...exact, onGiveUp: broken })).toBe(down)
    expect(emitWarning).toHaveBeenCalledExactlyOnceWith(bug)
    expect(reportError).not.toHaveBeenCalled()
  })

  it('without reportError is a process warning, and never an uncaught exception', async () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    vi.stubGlobal('reportError', undefined)

    expect(await run(fails, { ...exact, onGiveUp: broken })).toBe(down)
    expect(emitWarning).toHaveBeenCalledExactlyOnceWith(bug)
  })

  it('an onHookError that throws goes to the platform', async () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const second = new Error('second')
    const onHookError = () => {
      throw second
    }

    expect(await run(fails, { ...exact, onGiveUp: broken, onHookError })).toBe(down)
    expect(emitWarning).toHaveBeenCalledExactlyOnceWith(second)
  })

  it('an onHookError that rejects goes to the platform, and is no unhandled rejection', async () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const second = new Error('second')
    const onHookError = () => Promise.reject(second)

    expect(await run(fails, { ...exact, onGiveUp: broken, onHookError })).toBe(down)
    expect(emitWarning).toHaveBeenCalledExactlyOnceWith(second)
  })

  it('asks retryOnResult once for each result', async () => {
    const verdicts = [true, false]
    const retryOnResult = vi.fn(() => verdicts.shift() ?? false)

    expect(await run(({ attempt }) => attempt, { ...exact, retryOnResult })).toBe(2)
    expect(retryOnResult).toHaveBeenCalledTimes(2)
  })
})
