import { Attempt } from './attempt.ts'
import { systemClock } from './clock.ts'
import type { RetryContext } from './retry-context.ts'
import { checkRetryOptions, type RetryFunction, type RetryOptions } from './retry-options.ts'
import { isRefused } from './retry-rules.ts'
import { RetryRun } from './retry-run.ts'

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
    checkRetryOptions(options)
    return start(fn, options)
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
  const run = new RetryRun(fn, options, (options.clock ?? systemClock).now())
  const result = await run.start()
  return { result, context: run.context }
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
  checkRetryOptions(defaults)
  const own = { ...defaults }
  return (fn, options) => {
    try {
      return options === undefined ? start(fn, own) : retry(fn, merge(own, options))
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

/** Calls with checked options; throws what the clock throws. */
function start<T>(fn: RetryFunction<T>, options: RetryOptions): Promise<T> {
  const startedAt = (options.clock ?? systemClock).now()
  if (options.signal !== undefined || options.timeoutMs !== undefined || options.deadlineMs !== undefined) {
    return new RetryRun(fn, options, startedAt).start()
  }
  // Nothing but the function itself can end the first attempt, so there is no run until it has failed.
  const { breaker, budget, retryOnResult } = options
  let permit: number | undefined
  const onFailure = (error: unknown): Promise<T> => new RetryRun(fn, options, startedAt).resume({ error }, permit)
  const onSuccess = (value: T): T | Promise<T> => {
    if (isRefused(value, options)) return new RetryRun(fn, options, startedAt).resume({ value }, permit)
    if (permit !== undefined) breaker?.leave(permit)
    budget?.deposit()
    return value
  }
  let result: T | PromiseLike<T>
  try {
    permit = breaker?.enter()
    result = fn(new Attempt(1))
  } catch (error) {
    return onFailure(error)
  }
  return Promise.resolve(result).then(breaker || budget || retryOnResult ? onSuccess : undefined, onFailure)
}
