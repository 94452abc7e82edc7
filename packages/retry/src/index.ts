export {
  type BackoffKind,
  type BackoffOptions,
  calculateBackoff,
  calculateBackoffForError,
  type JitterKind,
} from './backoff.ts'
export {
  type CircuitBreaker,
  type CircuitBreakerEvents,
  type CircuitBreakerOptions,
  type CircuitBreakerState,
  type CircuitState,
  circuitBreaker,
} from './circuit-breaker.ts'
export { classifyError, type ErrorClass, isRetryable } from './classify-error.ts'
export { type Clock, systemClock } from './clock.ts'
export { compose } from './compose.ts'
export { type DelayOptions, delay } from './delay.ts'
export {
  CircuitOpenError,
  DeadlineError,
  isRetryError,
  NonRetryableError,
  type RetryError,
  TimeoutError,
} from './errors.ts'
export { type HedgeOptions, hedge } from './hedge.ts'
export { parseHttpDate } from './http-date.ts'
export type { Policy, PolicyContext, PolicyExecuteOptions, PolicyFunction } from './policy.ts'
export { type ResilientOptions, resilient } from './resilient.ts'
export { createRetry, retry, withRetry } from './retry.ts'
export { delayFromError, parseRetryAfter } from './retry-after.ts'
export { type RetryBudget, type RetryBudgetOptions, retryBudget } from './retry-budget.ts'
export { type AttemptRecord, getRetryContext, type RetryContext } from './retry-context.ts'
export type {
  AttemptContext,
  GiveUpDecision,
  RetryDecision,
  RetryFunction,
  RetryOptions,
} from './retry-options.ts'
export { retryPolicy } from './retry-policy.ts'
export { type Retryable, retryable } from './retryable.ts'
export { timeout, withTimeout } from './timeout.ts'
export { type FallbackOptions, withFallback } from './with-fallback.ts'
