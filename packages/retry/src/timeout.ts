import { Attempt } from './attempt.ts'
import { callWithin } from './call-within.ts'
import { checkOptions, DURATION, type Rules, SIGNAL } from './check-option.ts'
import type { Policy } from './policy.ts'

const RULES: Rules = { ms: DURATION, signal: SIGNAL }

/**
 * Makes a policy that rejects with a {@link TimeoutError} when the call takes longer, and aborts the call's signal.
 *
 * @throws TypeError or RangeError for a bad duration.
 *
 * @example
 * ```ts
 * import { timeout } from '@x/retry'
 *
 * await timeout(5).execute(() => new Promise(() => {})) // throws TimeoutError
 * ```
 */
export function timeout(ms: number): Policy {
  checkOptions({ ms }, RULES)
  return {
    execute: (fn, { signal } = {}) => callWithin(fn, new Attempt(1), { timeoutMs: ms, signal }),
  }
}

/**
 * Calls a function once, and rejects with a {@link TimeoutError} when it takes longer than `ms`; its signal is aborted
 * then, and when the caller's is.
 *
 * @throws TimeoutError; `signal.reason`; what the function throws. TypeError or RangeError for a bad duration, as a
 * rejection.
 *
 * @example
 * ```ts
 * import { withTimeout } from '@x/retry'
 *
 * await withTimeout(async () => 'done', 1000) // => 'done'
 * ```
 */
export async function withTimeout<T>(
  fn: (signal: AbortSignal) => T | PromiseLike<T>,
  ms: number,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<T> {
  checkOptions(options, RULES)
  checkOptions({ ms }, RULES)
  return callWithin(({ signal }) => fn(signal), new Attempt(1), { timeoutMs: ms, signal: options.signal })
}
