export { delay } from '../delay.ts'
export { calculateBackoff, calculateBackoffForError } from './backoff.ts'
export { classifyError, ErrorType, type ErrorTypeName, isRetryable } from './error-type.ts'
export { FunctionRetry } from './function-retry.ts'
export { RETRY_CONFIG, type RetryConfig } from './retry-config.ts'
export { RetryContext, type RetrySummary } from './retry-context.ts'
export {
  databaseRetryStrategy,
  networkRetryStrategy,
  providerRetryStrategy,
  workerRetryStrategy,
} from './strategies.ts'
export { type CompatFallbackOptions, withFallback } from './with-fallback.ts'
export { type CompatRetryOptions, withRetry, withRetryParallel } from './with-retry.ts'
