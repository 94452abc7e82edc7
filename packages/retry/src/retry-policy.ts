import { Attempt } from './attempt.ts'
import { callWithin } from './call-within.ts'
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
  const { signal: own } = options
  return {
    execute(fn, { signal } = {}) {
      if (!signal) return retryWithOptions(fn)
      if (!own) return retryWithOptions(fn, { signal })
      // Not by `AbortSignal.any`, whose signals stay in Node 20 as long as their sources.
      const either = new Attempt(1)
      const onAbort = (): void => either.abort(own.reason)
      if (own.aborted) onAbort()
      own.addEventListener('abort', onAbort)
      return callWithin(() => retryWithOptions(fn, { signal: either.signal }), either, { signal }).finally(() =>
        own.removeEventListener('abort', onAbort),
      )
    },
  }
}
