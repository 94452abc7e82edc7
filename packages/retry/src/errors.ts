const BRAND = '@x/retry.error'

/** The errors of this package, told apart by `code`. */
export type RetryError = TimeoutError | DeadlineError | CircuitOpenError | NonRetryableError

/**
 * Tells whether a value is an error of this package, also when it comes from another copy of it or another realm.
 *
 * @example
 * ```ts
 * import { isRetryError, TimeoutError } from '@x/retry'
 *
 * isRetryError(new TimeoutError(1000)) // => true
 * isRetryError(new Error('no')) // => false
 * ```
 */
export function isRetryError(value: unknown): value is RetryError {
  try {
    return Object(value)[Symbol.for(BRAND)] === true
  } catch {
    // A proxy that throws whatever it is asked.
    return false
  }
}

/** Names an error and brands it; not a base class, so that a bundle holds only the errors it throws. */
function brand(error: Error, name: string): void {
  Object.defineProperties(error, { name: { value: name }, [Symbol.for(BRAND)]: { value: true } })
}

/** An attempt, or a call under `timeout` or `withTimeout`, took longer than it may. It is retried. */
export class TimeoutError extends Error {
  readonly code = 'RETRY_TIMEOUT'
  readonly timeoutMs: number

  constructor(timeoutMs: number) {
    super(`Not settled within ${timeoutMs} ms`)
    brand(this, 'TimeoutError')
    this.timeoutMs = timeoutMs
  }
}

/** The time for all attempts and waits ran out; `cause` is the error of the attempt before, if there was one. */
export class DeadlineError extends Error {
  readonly code = 'RETRY_DEADLINE'
  readonly deadlineMs: number

  constructor(deadlineMs: number, options?: ErrorOptions) {
    super(`Deadline of ${deadlineMs} ms passed`, options)
    brand(this, 'DeadlineError')
    this.deadlineMs = deadlineMs
  }
}

/**
 * The circuit breaker let nothing through: the call was not made. When retries had made it before, `cause` is what the
 * function failed with last.
 */
export class CircuitOpenError extends Error {
  readonly code = 'RETRY_CIRCUIT_OPEN'
  /** When the breaker may let a call through again, from now; a retry never comes earlier. */
  readonly retryAfterMs: number

  constructor(retryAfterMs: number, options?: ErrorOptions) {
    super(`Circuit open for another ${Math.ceil(retryAfterMs)} ms`, options)
    brand(this, 'CircuitOpenError')
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * Thrown by the function under retry: stop now, whatever `shouldRetry` says.
 *
 * The caller gets its `cause`, or, when it has none, this error itself.
 *
 * @example
 * ```ts
 * import { NonRetryableError, retry } from '@x/retry'
 *
 * const invalid = new RangeError('No such city')
 * const load = () => Promise.reject(new NonRetryableError('Stop', { cause: invalid }))
 * await retry(load) // throws RangeError
 * ```
 */
export class NonRetryableError extends Error {
  readonly code = 'RETRY_NON_RETRYABLE'

  constructor(message?: string, options?: ErrorOptions) {
    super(message, options)
    brand(this, 'NonRetryableError')
  }
}
