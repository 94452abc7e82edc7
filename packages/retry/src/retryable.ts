import { createRetry } from './retry.ts'
import type { RetryOptions } from './retry-options.ts'

// biome-ignore lint/suspicious/noExplicitAny: the argument types of every function are assignable to no other type
type AnyFunction = (...args: any[]) => unknown

/** The type of a function whose result is a promise in any case: an async one is as it was. */
export type Retryable<F extends AnyFunction> =
  ReturnType<F> extends Promise<unknown>
    ? F
    : (this: ThisParameterType<F>, ...args: Parameters<F>) => Promise<Awaited<ReturnType<F>>>

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
export function retryable<F extends AnyFunction>(fn: F, options: RetryOptions = {}): Retryable<F> {
  const retryWithOptions = createRetry(options)
  function wrapper(this: unknown, ...args: unknown[]): Promise<unknown> {
    return retryWithOptions(() => fn.apply(this, args))
  }
  return wrapper as Retryable<F>
}
