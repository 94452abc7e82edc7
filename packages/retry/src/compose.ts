import { Attempt } from './attempt.ts'
import { callWithin } from './call-within.ts'
import type { Policy } from './policy.ts'

/**
 * Makes one policy of several: the first is outermost, the last next to the call.
 *
 * The order decides what it means: `compose(retryPolicy(), timeout(1000))` gives each attempt a second,
 * `compose(timeout(1000), retryPolicy())` all of them together.
 *
 * @throws TypeError for what is no policy.
 *
 * @example
 * ```ts
 * import { circuitBreaker, compose, retryPolicy, timeout } from '@x/retry'
 *
 * const policy = compose(retryPolicy({ maxRetries: 2 }), circuitBreaker(), timeout(1000))
 * await policy.execute(async () => 'done') // => 'done'
 * ```
 */
export function compose(...policies: Policy[]): Policy {
  const [outer, ...rest] = policies
  if (!policies.every(policy => typeof policy?.execute === 'function'))
    throw new TypeError('`policies` must be policies')
  if (!outer) return { execute: (fn, { signal } = {}) => callWithin(fn, new Attempt(1, undefined, signal), { signal }) }
  if (rest.length === 0) return outer
  const inner = compose(...rest)
  return {
    execute: (fn, options) => outer.execute(({ signal }) => inner.execute(fn, { signal }), options),
  }
}
