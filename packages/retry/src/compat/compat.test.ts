import { getEventListeners } from 'node:events'
import { fakeTimers } from 'test-fixtures/fake-timers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CircuitOpenError, TimeoutError } from '../index.ts'
import {
  calculateBackoff,
  calculateBackoffForError,
  classifyError,
  databaseRetryStrategy,
  ErrorType,
  FunctionRetry,
  isRetryable,
  networkRetryStrategy,
  providerRetryStrategy,
  RETRY_CONFIG,
  RetryContext,
  withFallback,
  withRetry,
  withRetryParallel,
  workerRetryStrategy,
} from './index.ts'

fakeTimers()
beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})
afterEach(() => {
  vi.restoreAllMocks()
})

const down = new Error('network down')
const fails = () => Promise.reject(down)

async function run<T>(call: Promise<T>): Promise<T> {
  const settled = call.catch(error => error)
  await vi.runAllTimersAsync()
  return settled
}

describe('faults of the older code that are gone', () => {
  it('1: maxRetries of 3 made 5 calls', async () => {
    const fn = vi.fn(fails)
    await run(withRetry(fn, { maxRetries: 3 }))
    expect(fn).toHaveBeenCalledTimes(4)
    expect(new RetryContext(0).shouldRetry).toBe(false)
  })

  it('2: a config in part gave waits of NaN, which are none', async () => {
    expect(calculateBackoff(1, { BASE_DELAY_MS: 100 })).toBe(300)
    const onRetry = vi.fn()
    await run(withRetry(fails, { config: { BASE_DELAY_MS: 100 }, maxRetries: 1, onRetry }))
    expect(onRetry).toHaveBeenCalledExactlyOnceWith(down, 1, 200, expect.any(RetryContext))
  })

  it('3: jitter went over the cap, and a rate limit past the cap of the caller', () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.999)
    expect(calculateBackoff(20)).toBeLessThanOrEqual(30_000)
    expect(calculateBackoffForError(0, { status: 429 }, { MAX_DELAY_MS: 5 })).toBeLessThanOrEqual(5)
    expect(calculateBackoffForError(0, { status: 429 })).toBe(5999)
  })

  it.each([
    ['took 500ms', 'transient'],
    ['user 4031 not loaded', 'transient'],
    ['HTTP 404', 'client_error'],
    ['HTTP 400: bad request', 'client_error'],
    ['HTTP 429', 'rate_limit'],
    ['Request failed with status code 503', 'server_error'],
    ['401 Unauthorized', 'auth'],
    ['Circuit breaker is open', 'circuit_open'],
    ['Connection lost', 'transient'],
  ])('4: parts of words were taken for classes: "%s" is %s', (message, errorType) => {
    expect(classifyError(new Error(message))).toBe(errorType)
  })

  it('4: a status without digits in the text was missed, and bugs and aborts were retried', () => {
    expect(classifyError({ status: 503 })).toBe('server_error')
    expect(isRetryable(new TypeError('x is not a function'))).toBe(false)
    expect(isRetryable(new DOMException('gone', 'AbortError'))).toBe(false)
    expect(isRetryable(new Error('HTTP 404'))).toBe(false)
  })

  it('5: an abort in the wait was seen after it, and its reason lost', async () => {
    const controller = new AbortController()
    const call = withRetry(fails, { abortSignal: controller.signal })
    await vi.advanceTimersByTimeAsync(20)
    const reason = {}
    controller.abort(reason)

    await expect(call).rejects.toBe(reason)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('6: a first success was told as none, after no attempt', async () => {
    const { context } = await withRetry(() => 'done')
    expect(context.getSummary()).toMatchObject({ attempts: 1, succeeded: true, maxRetries: 3, delays: [] })
  })

  it('7: it wrote to the console', async () => {
    const methods = (['log', 'warn', 'error'] as const).map(name => vi.spyOn(console, name))
    vi.resetModules()
    const fresh = await import('./index.ts')
    await run(fresh.withRetry(fails, fresh.networkRetryStrategy))
    await run(fresh.FunctionRetry.withRetry(fails, 'load'))
    for (const method of methods) expect(method).not.toHaveBeenCalled()
  })

  it('8: a time-out was no longer retried', () => {
    expect(classifyError(new TimeoutError(5))).toBe('transient')
    expect(classifyError(new DOMException('x', 'TimeoutError'))).toBe('transient')
  })

  it('9: when the retries were used up it was another error', async () => {
    expect(await run(withRetry(fails))).toBe(down)
  })

  it('10: a hint of the server was not heard', async () => {
    const onRetry = vi.fn()
    const busy = Object.assign(new Error('busy'), { status: 429, headers: new Headers({ 'retry-after': '12' }) })
    await run(withRetry(() => Promise.reject(busy), { maxRetries: 1, onRetry }))
    expect(onRetry.mock.calls[0]?.[2]).toBeGreaterThanOrEqual(12_000)
  })

  it('11: the breaker was a word in a message', () => {
    expect(classifyError(new CircuitOpenError(5))).toBe(ErrorType.CIRCUIT_OPEN)
    expect(isRetryable(new CircuitOpenError(5))).toBe(false)
  })
})

describe('withRetry', () => {
  it('keeps its shape: hooks by position, the context beside the result', async () => {
    let calls = 0
    const onRetry = vi.fn()
    const shouldRetry = vi.fn(() => true)
    const fn = async () => (++calls < 3 ? fails() : 'done')
    const { result, context } = await run(withRetry(fn, { onRetry, shouldRetry }))

    expect(result).toBe('done')
    expect(onRetry.mock.calls).toEqual([
      [down, 1, 1100, context],
      [down, 2, 2100, context],
    ])
    expect(shouldRetry.mock.calls).toEqual([
      [down, 0],
      [down, 1],
    ])
    expect(context.getSummary()).toEqual({
      attempts: 3,
      maxRetries: 3,
      succeeded: true,
      elapsedTime: 3200,
      delays: [1100, 2100],
      totalDelayTime: 3200,
    })
    expect(context.nextAttemptNumber).toBe(3)
  })

  it('narrows with shouldRetry, takes null for no hook, and survives one that throws', async () => {
    const fn = vi.fn(fails)
    await run(withRetry(fn, { shouldRetry: () => false, onRetry: null, abortSignal: null }))
    expect(fn).toHaveBeenCalledTimes(1)

    vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const broken = () => {
      throw new Error('hook')
    }
    expect(await run(withRetry(fails, { onRetry: broken }))).toBe(down)
  })

  it('runs several at once, each with its own retries', async () => {
    const results = await run(withRetryParallel([() => 1, () => 2]))
    expect(results.map(({ result }) => result)).toEqual([1, 2])
  })
})

describe('RetryContext', () => {
  it('can be used by hand', () => {
    const context = new RetryContext(1)
    expect(context.getSummary()).toMatchObject({ attempts: 0, succeeded: false })
    expect(context.recordAttempt(down)).toBe(1100)
    expect(context.shouldRetry).toBe(false)
    expect(context.lastError).toBe(down)
  })
})

describe('withFallback', () => {
  it('tells the index by its older name, and wraps the last failure', async () => {
    const onFallback = vi.fn()
    expect(await withFallback([fails, () => 2], { onFallback })).toEqual({ result: 2, fnIndex: 1, errors: [down] })
    expect(onFallback).toHaveBeenCalledExactlyOnceWith(down, 0)

    const error = await withFallback([fails]).catch(error => error)
    expect(error.message).toBe('All fallbacks exhausted. Last error: network down')
    expect(error.cause).toBe(down)
    await expect(withFallback([fails], { abortSignal: AbortSignal.abort('enough') })).rejects.toBe('enough')
  })
})

describe('the strategies', () => {
  it.each([
    [networkRetryStrategy, 3, 1000, 10_000],
    [databaseRetryStrategy, 2, 500, 5000],
    [workerRetryStrategy, 3, 2000, 15_000],
    [providerRetryStrategy, 3, 1000, 30_000],
  ])('%# has its retries and delays', (strategy, maxRetries, BASE_DELAY_MS, MAX_DELAY_MS) => {
    expect(strategy).toMatchObject({ maxRetries, config: { BASE_DELAY_MS, MAX_DELAY_MS } })
  })

  it('RETRY_CONFIG has its figures', () => {
    expect(RETRY_CONFIG).toEqual({
      MAX_RETRIES: 3,
      BASE_DELAY_MS: 1000,
      MAX_DELAY_MS: 30_000,
      JITTER_MS: 200,
      EXPONENTIAL_BASE: 2,
    })
  })
})

describe('FunctionRetry', () => {
  it.each([
    [true, new Error('Request timeout')],
    [true, new Error('Rate limit exceeded')],
    [true, new Error('HTTP 429')],
    [true, new Error('503 Service Unavailable')],
    [true, new Error('network unreachable')],
    [true, new TypeError('Failed to fetch')],
    [true, { status: 503 }],
    [false, new DOMException('timeout', 'AbortError')],
    [false, new TypeError('fetch is not a function')],
    [false, new Error('Invalid argument')],
    [false, null],
  ])('isTransientError is %s for %o', (expected, error) => {
    expect(FunctionRetry.isTransientError(error)).toBe(expected)
  })

  it('makes up to 3 calls, from 500 ms on, and gives the result or the last error itself', async () => {
    const fn = vi.fn(fails)
    const startedAt = performance.now()
    expect(await run(FunctionRetry.withRetry(fn, 'load'))).toBe(down)
    expect(fn).toHaveBeenCalledTimes(3)
    expect(performance.now() - startedAt).toBe(550 + 1050)
    expect(await FunctionRetry.withRetry(() => 'done')).toBe('done')
    expect(FunctionRetry.MAX_RETRIES).toBe(2)
  })

  it('an undefined setting is one that was not given', () => {
    expect(calculateBackoff(0, { BASE_DELAY_MS: undefined, JITTER_MS: 0 } as never)).toBe(1000)
  })

  it('withRetryParallel rejects what is no list of functions', async () => {
    await expect(withRetryParallel(null as never)).rejects.toThrow(TypeError)
  })
})
