import { calculateBackoffForError } from './backoff.ts'
import { isRetryable } from './error-type.ts'
import { RETRY_CONFIG, type RetryConfig } from './retry-config.ts'

/** What `getSummary` tells. */
export interface RetrySummary {
  /** The calls made, the one that succeeded included. */
  readonly attempts: number
  readonly maxRetries: number
  readonly succeeded: boolean
  readonly elapsedTime: number
  readonly delays: readonly number[]
  readonly totalDelayTime: number
}

/** Keeps the attempts of one call, as the older code did. */
export class RetryContext {
  /** The retries so far. */
  attempt = 0
  readonly maxRetries: number
  readonly config: Partial<RetryConfig>
  lastError: unknown = null
  readonly startTime: number = performance.now()
  readonly delays: number[] = []
  #hasSucceeded = false

  constructor(maxRetries: number = RETRY_CONFIG.MAX_RETRIES, config: Partial<RetryConfig> = RETRY_CONFIG) {
    this.maxRetries = maxRetries
    this.config = config
  }

  get shouldRetry(): boolean {
    return this.attempt < this.maxRetries && isRetryable(this.lastError)
  }

  get elapsedTime(): number {
    return performance.now() - this.startTime
  }

  get nextAttemptNumber(): number {
    return this.attempt + 1
  }

  /** Notes a failed attempt that is retried, and gives the delay before the next one. */
  recordAttempt(error: unknown, delayMs: number = calculateBackoffForError(this.attempt, error, this.config)): number {
    this.lastError = error
    this.delays.push(delayMs)
    this.attempt++
    return delayMs
  }

  recordSuccess(): void {
    this.lastError = null
    this.#hasSucceeded = true
  }

  getSummary(): RetrySummary {
    return {
      attempts: this.attempt + (this.#hasSucceeded ? 1 : 0),
      maxRetries: this.maxRetries,
      succeeded: this.#hasSucceeded,
      elapsedTime: this.elapsedTime,
      delays: [...this.delays],
      totalDelayTime: this.delays.reduce((sum, ms) => sum + ms, 0),
    }
  }
}
