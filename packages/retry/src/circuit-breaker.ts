import { Breaker } from './breaker.ts'
import { COUNT, checkOptions, DURATION, FUNCTION, type Rules } from './check-option.ts'
import type { ErrorClass } from './classify-error.ts'
import type { Clock } from './clock.ts'
import type { Policy } from './policy.ts'

/** Whether a breaker lets calls through: all of them (`closed`), none (`open`), or a few to find out (`half-open`). */
export type CircuitState = 'closed' | 'open' | 'half-open'

/** When a breaker opens, and how it finds out that the service is back. */
export interface CircuitBreakerOptions {
  /**
   * How far back calls are looked at.
   * @defaultValue 10_000
   */
  readonly windowMs?: number | undefined
  /**
   * From so many calls in the window on the breaker is busy, and opens by `failureRatio`; with fewer it is quiet, and
   * opens by `consecutiveFailures`.
   * @defaultValue 10
   */
  readonly minimumCalls?: number | undefined
  /**
   * The share of failures, from 0 to 1, at which a busy breaker opens.
   * @defaultValue 0.5
   */
  readonly failureRatio?: number | undefined
  /**
   * The failures in a row at which a quiet breaker opens.
   * @defaultValue 3
   */
  readonly consecutiveFailures?: number | undefined
  /**
   * How long it stays open before it lets probes through.
   * @defaultValue 5000
   */
  readonly openMs?: number | undefined
  /**
   * The calls let through when half-open; others are rejected at once until these have ended.
   * @defaultValue 1
   */
  readonly probes?: number | undefined
  /**
   * How many of the probes must succeed to close it.
   * @defaultValue all of them
   */
  readonly probeThreshold?: number | undefined
  /**
   * A probe that has not ended by then counts as failed.
   * @defaultValue 30_000
   */
  readonly probeTimeoutMs?: number | undefined
  /**
   * Whether an error of this class says that the service is in trouble; asked for classes that tell of it at all.
   * @defaultValue true for transient, timeout, server_error and unknown
   */
  readonly isFailure?: ((errorClass: ErrorClass) => boolean) | undefined
  /** What `exportState` gave, in this process or another. */
  readonly initialState?: CircuitBreakerState | undefined
  readonly onHookError?: ((error: unknown) => void) | undefined
  readonly clock?: Clock | undefined
}

/** A breaker as plain data, in durations, so that another process with another clock can go on with it. */
export interface CircuitBreakerState {
  readonly state: CircuitState
  readonly isIsolated: boolean
  readonly openForMs: number
  readonly consecutiveFailures: number
  /** The calls in the window, oldest first. */
  readonly calls: readonly { readonly ageMs: number; readonly calls: number; readonly failures: number }[]
}

/** The events of a breaker, by type. */
export interface CircuitBreakerEvents {
  readonly 'state-changed': {
    readonly type: 'state-changed'
    readonly from: CircuitState
    readonly to: CircuitState
    /** The class of the error that opened it. */
    readonly errorClass: ErrorClass | undefined
  }
}

/** Stops calls to a service that fails, and finds out when it is back. Shared by all callers of the service. */
export interface CircuitBreaker extends Policy {
  readonly state: CircuitState
  /**
   * Lets one call through and gives its permit, which goes back through {@link CircuitBreaker.leave}, exactly once.
   *
   * `cause` is what the call failed with before, for the error of a refusal to tell.
   *
   * @throws CircuitOpenError when it lets nothing through.
   */
  enter(cause?: unknown): number
  /** Tells how the call of a permit ended: the class of its error, or nothing when it succeeded. */
  leave(permit: number, errorClass?: ErrorClass): void
  /** Calls the listener at each event until the returned function is called. */
  on<Type extends keyof CircuitBreakerEvents>(
    type: Type,
    listener: (event: CircuitBreakerEvents[Type]) => void,
  ): () => void
  /** Lets nothing through until {@link CircuitBreaker.reset}, whatever the service does. */
  isolate(): void
  /** Closes it and forgets all calls. */
  reset(): void
  exportState(): CircuitBreakerState
}

const RULES: Rules = {
  windowMs: {
    accepted: 'a finite number > 0',
    accepts: ms => Number.isFinite(ms) && (ms as number) > 0,
    type: 'number',
  },
  minimumCalls: COUNT,
  failureRatio: {
    accepted: 'a number from 0 to 1',
    accepts: n => typeof n === 'number' && n >= 0 && n <= 1,
    type: 'number',
  },
  consecutiveFailures: COUNT,
  openMs: DURATION,
  probes: COUNT,
  probeThreshold: COUNT,
  probeTimeoutMs: DURATION,
  isFailure: FUNCTION,
  onHookError: FUNCTION,
}

/**
 * Makes a circuit breaker: by the ratio of failures when it is busy, by failures in a row when it is quiet.
 *
 * Give one breaker to all callers of one service, as `breaker` of their retries or by `execute`. It takes for failures
 * what speaks against the service (`transient`, `timeout`, `server_error`, `unknown`); a 404 is an answer, and neither
 * an abort, a bug, a 429 nor its own rejections count. Open, it rejects at once with a {@link CircuitOpenError} that
 * tells when to come back. It has no timer: it looks at the clock when it is used. What ends after a trip but began
 * before it changes nothing.
 *
 * @throws TypeError or RangeError for a bad option.
 *
 * @example
 * ```ts
 * import { circuitBreaker } from '@x/retry'
 *
 * const breaker = circuitBreaker({ openMs: 60_000 })
 * const down = () => Promise.reject(new Error('down'))
 * for (let i = 0; i < 3; i++) await breaker.execute(down).catch(() => {})
 * breaker.state // => 'open'
 * await breaker.execute(down) // throws CircuitOpenError
 * ```
 */
export function circuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  checkOptions(options, RULES)
  const { probes = 1, probeThreshold = probes } = options
  if (probeThreshold > probes) {
    // It could never close again.
    throw new RangeError(`\`probeThreshold\` must be at most \`probes\` (${probes}), got ${probeThreshold}`)
  }
  return new Breaker(options)
}
