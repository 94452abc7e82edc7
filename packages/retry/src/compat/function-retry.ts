import { classifyError } from '../classify-error.ts'
import { delay } from '../delay.ts'
import { retry } from '../retry.ts'
import { calculateBackoff } from './backoff.ts'

const CONFIG = { BASE_DELAY_MS: 500, JITTER_MS: 100 }

/** The older retries of function calls: 2 of them, from 500 ms on, of what is known to pass. */
export const FunctionRetry = {
  MAX_RETRIES: 2,

  /** Whether an error is known to pass; an abort, a bug and what tells nothing are not. */
  isTransientError(error: unknown): boolean {
    if (!error) return false
    const errorClass = classifyError(error)
    if (errorClass !== 'unknown') return /^(transient|timeout|rate_limit|server_error)$/.test(errorClass)
    const { message = error } = error as { message?: unknown }
    return /\b(time(d )?-?out|rate limit|429|503|network|fetch)\b/i.test(String(message))
  },

  /** Waits as long as before the retry that follows an attempt, counted from 0. */
  backoffDelay(attempt: number): Promise<void> {
    return delay(calculateBackoff(attempt, CONFIG))
  },

  /** Calls the function, and up to twice more; rejects with its last error itself. The name is for the reader. */
  withRetry<T>(fn: () => T | PromiseLike<T>, _functionName = 'function'): Promise<T> {
    return retry(() => fn(), {
      maxRetries: FunctionRetry.MAX_RETRIES,
      backoff: ({ attempt }) => calculateBackoff(attempt - 1, CONFIG),
      shouldRetry: ({ error }) => FunctionRetry.isTransientError(error),
    })
  },
}
