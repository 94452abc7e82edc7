import type { ErrorClass } from './classify-error.ts'

/** One failed attempt. */
export interface AttemptRecord {
  /** Counts from 1. */
  readonly attempt: number
  readonly error: unknown
  readonly errorClass: ErrorClass
  /** By the clock of the call: monotonic milliseconds. */
  readonly startedAt: number
  readonly durationMs: number
  /** The wait that followed; 0 when none did. */
  readonly delayMs: number
}

/**
 * What happened in one call of `retry`.
 *
 * A plain `retry(fn)` does not look at the clock before something fails: there the first attempt has no duration, and
 * `elapsedMs` counts from its end. With a hook, a bound or a clock, and from `withRetry`, the times are those of the start.
 */
export interface RetryContext {
  /** The attempts that failed, first to last; of more than 100 the first and the latest. */
  readonly attempts: readonly AttemptRecord[]
  readonly elapsedMs: number
}

const contexts = /* @__PURE__ */ new WeakMap<object, RetryContext>()

/**
 * What happened before an error that `retry` rejected with: kept beside the error, which stays untouched.
 *
 * For an object that was thrown, of its latest call; `undefined` for primitives (`onGiveUp` sees them, too) and for
 * errors that did not come from `retry`.
 *
 * @example
 * ```ts
 * import { getRetryContext, retry } from '@x/retry'
 *
 * const down = async () => {
 *   throw new Error('down')
 * }
 * const error = await retry(down, { maxRetries: 2, baseDelayMs: 1 }).catch(error => error)
 * getRetryContext(error)?.attempts.map(({ attempt, errorClass }) => [attempt, errorClass]) // => [[1, 'unknown'], [2, 'unknown'], [3, 'unknown']]
 * ```
 */
export function getRetryContext(error: unknown): RetryContext | undefined {
  return isObject(error) ? contexts.get(error) : undefined
}

export function setRetryContext(error: unknown, context: RetryContext): void {
  if (isObject(error)) contexts.set(error, context)
}

function isObject(value: unknown): value is object {
  return Object(value) === value
}
