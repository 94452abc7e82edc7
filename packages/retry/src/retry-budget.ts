import { AMOUNT, checkOption, checkOptions } from './check-option.ts'
import type { ErrorClass } from './classify-error.ts'

/** How much a budget holds, what a retry costs and what a success brings. */
export interface RetryBudgetOptions {
  /**
   * What the budget holds at most, and at first.
   * @defaultValue 70
   */
  readonly maxTokens?: number | undefined
  /**
   * What a retry costs, in all or by the class of the error before it.
   * @defaultValue 10; 5 after a rate_limit; 50 after a circuit_open
   */
  readonly cost?: number | Partial<Record<ErrorClass, number>> | undefined
  /**
   * What a call that succeeds at once brings; one that succeeds on a retry brings back what that retry cost.
   * @defaultValue 1
   */
  readonly refund?: number | undefined
}

/** Bounds the retries of any number of callers together, as a share of what succeeds. */
export interface RetryBudget {
  /** What is left to spend. */
  readonly tokens: number
  /** Pays for one retry after such an error, or says that there is not enough. */
  tryWithdraw(errorClass: ErrorClass): boolean
  /** Tells of a call that succeeded, and after which error it was last retried, if it was. */
  deposit(retriedAfter?: ErrorClass): void
}

const COST = 10
// Those who wait for a breaker come back together, so few may: not a process that has just paid for three retries.
const COSTS: Partial<Record<ErrorClass, number>> = { rate_limit: 5, circuit_open: 50 }

/**
 * Makes a retry budget: a bucket of tokens that each retry draws from and each success fills.
 *
 * Give one budget to all callers of one service. While calls succeed it is full, and nobody notices it; when the
 * service fails it runs dry after a few retries, and from then on a call that fails gives up with its own error instead
 * of adding load. It follows the standard retries of the AWS SDKs, with a bucket and prices that suit a small process,
 * too (docs/decisions/029).
 *
 * @throws TypeError or RangeError for a bad option.
 *
 * @example
 * ```ts
 * import { retry, retryBudget } from '@x/retry'
 *
 * const budget = retryBudget()
 * await retry(({ attempt }) => (attempt === 1 ? Promise.reject(new Error('once')) : 'done'), { budget, baseDelayMs: 1 })
 * budget.tokens // => 70
 * ```
 */
export function retryBudget(options: RetryBudgetOptions = {}): RetryBudget {
  checkOptions(options, { maxTokens: AMOUNT, refund: AMOUNT })
  const { maxTokens = 70, cost = COSTS, refund = 1 } = options
  for (const [name, price] of Object.entries(Object(cost) === cost ? cost : { cost })) checkOption(name, price, AMOUNT)
  const priceOf = (errorClass: ErrorClass): number =>
    typeof cost === 'number' ? cost : (cost[errorClass] ?? COSTS[errorClass] ?? COST)
  let tokens = maxTokens
  return {
    get tokens() {
      return tokens
    },
    tryWithdraw(errorClass) {
      const price = priceOf(errorClass)
      if (price > tokens) return false
      tokens -= price
      return true
    },
    deposit(retriedAfter) {
      tokens = Math.min(maxTokens, tokens + (retriedAfter === undefined ? refund : priceOf(retriedAfter)))
    },
  }
}
