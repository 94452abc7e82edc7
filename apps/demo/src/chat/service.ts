import { type CircuitBreaker, circuitBreaker, type RetryBudget, retryBudget } from '@x/retry'

/** What the budget holds: enough for fifty retries in a row. */
export const MOST_TOKENS = 500

/** What all replies of a page share of the server: a breaker, and a budget of retries. */
export const service: { readonly breaker: CircuitBreaker; readonly budget: RetryBudget } = {
  breaker: circuitBreaker({ consecutiveFailures: 5, failureRatio: 0.8, openMs: 1500 }),
  budget: retryBudget({ maxTokens: MOST_TOKENS, cost: { circuit_open: 5 } }),
}
