import { checkOption, OBJECT } from './check-option.ts'
import { circuitBreaker } from './circuit-breaker.ts'
import { isRetryableClass } from './classify-error.ts'
import { compose } from './compose.ts'
import { type HedgeOptions, hedge } from './hedge.ts'
import type { Policy } from './policy.ts'
import { retryBudget } from './retry-budget.ts'
import type { RetryOptions } from './retry-options.ts'
import { retryPolicy } from './retry-policy.ts'

/** The options of a retry, with bounds by default, and a hedge if asked for. */
export interface ResilientOptions extends RetryOptions {
  /**
   * For everything together.
   * @defaultValue 30_000
   */
  readonly deadlineMs?: number | undefined
  /**
   * For one attempt; one that hangs tells the breaker nothing before it.
   * @defaultValue 10_000
   */
  readonly timeoutMs?: number | undefined
  /** Starts a second call beside a slow one. Only for what may happen twice. */
  readonly hedge?: HedgeOptions | undefined
}

/**
 * Makes the policy that ends retry storms: a deadline over hedges (if asked for) over retries with a budget over a
 * circuit breaker over a time-out for each attempt: `deadline(hedge(retry(breaker(timeout(call)))))`.
 *
 * Make one for each service and keep it: its breaker and budget are shared by all its calls. A call that the breaker
 * refuses waits until it lets calls through again, as long as the budget pays for that; most fail at once, with a
 * {@link CircuitOpenError}. The figures were found by simulation: see the README.
 *
 * @throws TypeError or RangeError for a bad option.
 *
 * @example
 * ```ts
 * import { resilient } from '@x/retry'
 *
 * const weather = resilient({ timeoutMs: 2000 })
 * await weather.execute(async ({ signal }) => 'sunny') // => 'sunny'
 * ```
 */
export function resilient(options: ResilientOptions = {}): Policy {
  checkOption('options', options, OBJECT)
  const { clock, onHookError } = options
  const {
    deadlineMs = 30_000,
    timeoutMs = 10_000,
    breaker = circuitBreaker({ clock, onHookError }),
    budget = retryBudget(),
    shouldRetry = ({ errorClass }) => isRetryableClass(errorClass) || errorClass === 'circuit_open',
    hedge: hedging,
    ...rest
  } = options
  const retries: RetryOptions = { ...rest, deadlineMs, timeoutMs, breaker, budget, shouldRetry }
  if (!hedging) return retryPolicy(retries)
  return compose(
    // A deadline alone; the retries of a hedge know it too, and begin no wait beyond it.
    retryPolicy({ ...rest, deadlineMs, maxRetries: 0 }),
    hedge({ ...rest, budget, ...hedging }),
    retryPolicy({ ...retries, onGiveUp: undefined }),
  )
}
