import { createRetry } from './retry.ts'
import type { RetryOptions } from './retry-options.ts'

/**
 * Wraps a function so that each call of it is retried; `this` and the arguments are handed on.
 *
 * The wrapper returns a promise, also when the function does not.
 *
 * @throws TypeError or RangeError for a bad option.
 *
 * @example
 * ```ts
 * import { retryable } from '@x/retry'
 *
 * let calls = 0
 * const double = retryable(async n => {
 *   if (++calls === 1) throw new Error('once')
 *   return n * 2
 * }, { baseDelayMs: 1 })
 * await double(21) // => 42
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: the argument types of every function are assignable to no other type
export function retryable<F extends (...args: any[]) => unknown>(fn: F, options: RetryOptions = {}): F {
  const retryWithOptions = createRetry(options)
  function wrapper(this: unknown, ...args: unknown[]): Promise<unknown> {
    return retryWithOptions(() => fn.apply(this, args))
  }
  return wrapper as F
}
