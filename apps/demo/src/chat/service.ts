import { circuitBreaker, retryBudget } from '@x/retry'

/** What all replies of a page share of the server: a breaker, and a budget of retries. */
export const service = {
  breaker: circuitBreaker({ consecutiveFailures: 5, failureRatio: 0.8, openMs: 1500 }),
  budget: retryBudget({ maxTokens: 500, cost: { circuit_open: 5 } }),
}
