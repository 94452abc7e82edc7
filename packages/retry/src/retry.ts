import { Attempt } from './attempt.ts'
import { systemClock } from './clock.ts'
import type { RetryContext } from './retry-context.ts'
import { checkRetryOptions, type RetryFunction, type RetryOptions } from './retry-options.ts'
import { isRefused } from './retry-rules.ts'
import { type FirstAttempt, run } from './retry-run.ts'

const NO_OPTIONS: RetryOptions = {}

/**
 * Calls a function until it succeeds, waiting longer after each failure, and gives up with the last error itself.
 *
 * By default 3 retries, so up to 4 calls, after random waits of up to 200, 400 and 800 ms, and only of failures that
 * another try may cure ({@link isRetryable}). `getRetryContext` tells what happened before the error.
 *
 * Cancel safety: when `signal` is aborted or `deadlineMs` passes, it rejects at once, also when the function ignores
 * its own signal; what the function does afterwards changes nothing, and no timer or listener is left.
 *
 * @throws What the function threw last, untouched (the `cause` of a {@link NonRetryableError}); `signal.reason`;
 * {@link TimeoutError} when the last attempt took longer than `timeoutMs`; {@link DeadlineError}; CircuitOpenError
 * of a `breaker`. A bad option is a TypeError or RangeError, as a rejection.
 *
 * @example
 * ```ts
 * import { retry } from '@x/retry'
 *
 * let calls = 0
 * const flaky = async () => {
 *   if (++calls < 3) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' })
 *   return 'done'
 * }
 * await retry(flaky, { baseDelayMs: 1 }) // => 'done'
 * calls // => 3
 * ```
 */
export function retry<T>(fn: RetryFunction<T>, options: RetryOptions = NO_OPTIONS): Promise<T> {
  try {
    if (options === NO_OPTIONS) return startPlain(fn, options)
    return starter(options, checkRetryOptions(options))(fn)
  } catch (error) {
    return Promise.reject(error)
  }
}

/**
 * As {@link retry}, and resolves with the failed attempts beside the result.
 *
 * @example
 * ```ts
 * import { withRetry } from '@x/retry'
 *
 * const { result, context } = await withRetry(({ attempt }) => {
 *   if (attempt === 1) throw new Error('not yet')
 *   return 'done'
 * }, { baseDelayMs: 1 })
 * result // => 'done'
 * context.attempts.length // => 1
 * ```
 */
export async function withRetry<T>(
  fn: RetryFunction<T>,
  options: RetryOptions = NO_OPTIONS,
): Promise<{ result: T; context: RetryContext }> {
  checkRetryOptions(options)
  const { promise, context } = run(fn, options)
  return { result: await promise, context: context() }
}

/**
 * Makes a {@link retry} with other defaults, which are checked once; options of a call go before them.
 *
 * @throws TypeError or RangeError for a bad default.
 *
 * @example
 * ```ts
 * import { createRetry } from '@x/retry'
 *
 * const retryFast = createRetry({ maxRetries: 5, baseDelayMs: 1 })
 * await retryFast(({ attempt }) => (attempt < 6 ? Promise.reject(new Error('no')) : attempt)) // => 6
 * ```
 */
export function createRetry(defaults: RetryOptions): typeof retry {
  const own = { ...defaults }
  const start = starter(own, checkRetryOptions(defaults))
  return (fn, options) => {
    try {
      return options === undefined ? start(fn) : retry(fn, merge(own, options))
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

/** An `undefined` option is one that was not given. */
function merge(defaults: RetryOptions, options: RetryOptions): RetryOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return { ...defaults, ...Object.fromEntries(given) }
}

/** Decides by the options, once for many calls, how much there is to a call. */
function starter(options: RetryOptions, isPlain: boolean): <T>(fn: RetryFunction<T>) => Promise<T> {
  if (isPlain) return fn => startPlain(fn, options)
  if (options.signal !== undefined || options.deadlineMs !== undefined) return fn => run(fn, options).promise
  return fn => startGuarded(fn, options)
}

/**
 * Nearly every call succeeds at once, so a first attempt that nothing from outside can end is made without a run, and
 * without a look at the clock, which costs more than the call, when nobody would see it.
 */
function startPlain<T>(fn: RetryFunction<T>, options: RetryOptions): Promise<T> {
  const attempt = new Attempt(1)
  let result: T | PromiseLike<T>
  try {
    result = fn(attempt)
  } catch (error) {
    return run(fn, options, { attempt, ended: { error } }).promise
  }
  return Promise.resolve(result).then(undefined, error => run(fn, options, { attempt, ended: { error } }).promise)
}

function startGuarded<T>(fn: RetryFunction<T>, options: RetryOptions): Promise<T> {
  const { clock, breaker, budget, retryOnResult, onRetry, onGiveUp, shouldRetry, timeoutMs } = options
  const isSeen = (clock ?? onRetry ?? onGiveUp ?? shouldRetry ?? timeoutMs) !== undefined
  const startedAt = isSeen ? (clock ?? systemClock).now() : undefined
  const attempt = new Attempt(1)
  let permit: number | undefined
  const resume = (ended: FirstAttempt<T>['ended']): Promise<T> =>
    run(fn, options, { attempt, startedAt, permit, ended }).promise
  let result: T | PromiseLike<T>
  try {
    permit = breaker?.enter()
    result = attempt.call(fn, options)
  } catch (error) {
    return resume({ error })
  }
  return Promise.resolve(result).then(
    value => {
      if (retryOnResult && isRefused(value, options)) return resume({ value })
      if (timeoutMs !== undefined) attempt.end()
      if (permit !== undefined) breaker?.leave(permit)
      budget?.deposit()
      return value
    },
    error => resume({ error }),
  )
}
