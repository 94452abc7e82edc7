import type { BackoffKind, BackoffOptions } from './backoff.ts'
import { COUNT, checkOption, DURATION, FUNCTION, OBJECT, type Rules, SIGNAL } from './check-option.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'
import type { ErrorClass } from './classify-error.ts'
import type { Clock } from './clock.ts'
import type { RetryBudget } from './retry-budget.ts'
import type { AttemptRecord } from './retry-context.ts'

/** What the function under retry is told about the attempt it makes. */
export interface AttemptContext {
  /** Counts from 1. */
  readonly attempt: number
  /** Aborted when the caller aborts, the attempt times out or the deadline passes; made when first asked for. */
  readonly signal: AbortSignal
  /** What the attempt before failed with. */
  readonly previousError: unknown
}

/** What is known when an attempt has failed. */
export interface RetryDecision {
  /** What the attempt failed with; undefined for a result that `retryOnResult` refused. */
  readonly error: unknown
  /** What `classify` makes of the error; 'unknown' for a refused result. */
  readonly errorClass: ErrorClass
  /** The attempt that failed, from 1. */
  readonly attempt: number
  /** The retries that this attempt left, the one that is waited for included. */
  readonly retriesLeft: number
  /** The wait before the next attempt; 0 in `onGiveUp` and while `backoff` computes it. */
  readonly delayMs: number
  /** Since the call of `retry`. */
  readonly elapsedMs: number
  /** Aborted when the caller aborts or the deadline passes. */
  readonly signal: AbortSignal
}

/** How a call is retried: how often, after what waits, within what bounds, and who is told. */
export interface RetryOptions extends Omit<BackoffOptions, 'backoff'> {
  /**
   * Retries, not calls: 3 means up to 4 calls. Infinity is allowed.
   * @defaultValue 3
   */
  readonly maxRetries?: number | undefined
  /**
   * How the delay grows, or a function that gives it. A function's value is kept within `maxDelayMs`, and gets
   * jitter only when `jitter` is given.
   * @defaultValue 'exponential'
   */
  readonly backoff?: BackoffKind | ((decision: RetryDecision) => number) | undefined
  /** How long one attempt may take, until it fails with a `TimeoutError` and may be retried. Without it: for ever. */
  readonly timeoutMs?: number | undefined
  /**
   * How long everything may take, waits and hooks included. A running attempt is cut with a `DeadlineError`; a wait
   * that would not end in time is not begun, and the call rejects with its last error.
   */
  readonly deadlineMs?: number | undefined
  /** Aborting it rejects at once with `signal.reason`, whatever the function does. */
  readonly signal?: AbortSignal | undefined
  /**
   * A hint from the error that asks for a longer wait than this ends the retries at once.
   * @defaultValue 60_000
   */
  readonly maxRetryAfterMs?: number | undefined
  /** Decides instead of `isRetryable`; asked only while there are retries left. One that throws ends the retries. */
  readonly shouldRetry?: ((decision: RetryDecision) => boolean | PromiseLike<boolean>) | undefined
  /** Says of a result that it is a failure; when the retries are used up, the last result is the call's. */
  // biome-ignore lint/suspicious/noExplicitAny: whoever knows what the function gives may say so
  readonly retryOnResult?: ((result: any) => boolean) | undefined
  /** @defaultValue classifyError */
  readonly classify?: ((error: unknown) => ErrorClass) | undefined
  /**
   * The wait that an error asks for, which is never undercut.
   * @defaultValue delayFromError
   */
  readonly delayFromError?: ((error: unknown) => number | undefined) | undefined
  /** Told before each wait. */
  readonly onRetry?: ((decision: RetryDecision) => void) | undefined
  /** Told when there will be no further attempt, for another reason than success or the caller's abort. */
  readonly onGiveUp?: ((decision: GiveUpDecision) => void) | undefined
  /** Gets what a hook throws; without it, `reportError` or a process warning does. */
  readonly onHookError?: ((error: unknown) => void) | undefined
  /** Asked before each retry; shared by any number of callers. */
  readonly budget?: RetryBudget | undefined
  /** Asked before each attempt and told how it ended; shared by the callers of one service. */
  readonly breaker?: CircuitBreaker | undefined
  /**
   * Lets a Node process end while only this waits.
   * @defaultValue false
   */
  readonly unref?: boolean | undefined
  /**
   * Measures and waits in place of the platform's timers, for tests and simulations.
   * @defaultValue the platform's own
   */
  readonly clock?: Clock | undefined
}

/** What `onGiveUp` is told: the last failure, and all attempts before it. */
export interface GiveUpDecision extends RetryDecision {
  readonly attempts: readonly AttemptRecord[]
}

/** The function under retry. */
export type RetryFunction<T> = (context: AttemptContext) => T | PromiseLike<T>

/** Of the options that have nothing to do with a first attempt that succeeds. */
export const LATE_RULES: Rules = {
  attempt: COUNT,
  maxRetries: {
    accepted: 'an integer >= 0',
    accepts: n => n === Infinity || (Number.isInteger(n) && (n as number) >= 0),
    type: 'number',
  },
  baseDelayMs: DURATION,
  maxDelayMs: DURATION,
  factor: { accepted: 'a number >= 1', accepts: n => typeof n === 'number' && n >= 1, type: 'number' },
  backoff: {
    accepted: 'exponential, linear, constant or a function',
    accepts: value => typeof value === 'function' || /^(exponential|linear|constant)$/.test(String(value)),
    type: 'string',
  },
  jitter: {
    accepted: 'full, equal, decorrelated or none',
    accepts: value => /^(full|equal|decorrelated|none)$/.test(String(value)),
    type: 'string',
  },
  maxRetryAfterMs: DURATION,
  classify: FUNCTION,
  delayFromError: FUNCTION,
  onHookError: FUNCTION,
  random: FUNCTION,
}

const EARLY_RULES: Rules = {
  timeoutMs: DURATION,
  deadlineMs: DURATION,
  signal: SIGNAL,
  budget: OBJECT,
  breaker: OBJECT,
  shouldRetry: FUNCTION,
  retryOnResult: FUNCTION,
  onRetry: FUNCTION,
  onGiveUp: FUNCTION,
}

/**
 * Checks the options, and tells whether they have nothing to do with a first attempt that succeeds.
 *
 * @throws TypeError or RangeError for a bad option.
 */
export function checkRetryOptions(options: RetryOptions): boolean {
  checkOption('options', options, OBJECT)
  let isPlain = true
  for (const name in options) {
    const value = options[name as keyof RetryOptions]
    if (value === undefined) continue
    const late = LATE_RULES[name]
    isPlain &&= late !== undefined
    checkOption(name, value, late ?? EARLY_RULES[name])
  }
  return isPlain
}
