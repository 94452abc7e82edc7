import type { Policy } from './policy.ts'
import { createRetry } from './retry.ts'
import type { RetryOptions } from './retry-options.ts'

/**
 * Makes a policy that retries, with the options of `retry`, which are checked once.
 *
 * @throws TypeError or RangeError for a bad option.
 *
 * @example
 * ```ts
 * import { retryPolicy } from '@x/retry'
 *
 * let calls = 0
 * const flaky = async () => {
 *   if (++calls < 3) throw new Error('not yet')
 *   return 'done'
 * }
 * await retryPolicy({ baseDelayMs: 1 }).execute(flaky) // => 'done'
 * ```
 */
export function retryPolicy(options: RetryOptions = {}): Policy {
  const retryWithOptions = createRetry(options)
  return {
    execute(fn, { signal } = {}) {
      if (!signal) return retryWithOptions(fn)
      return retryWithOptions(fn, { signal: options.signal ? AbortSignal.any([options.signal, signal]) : signal })
    },
  }
}
