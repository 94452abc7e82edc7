import { Attempt } from './attempt.ts'
import { atLeast } from './backoff.ts'
import { type ErrorClass, isNonRetryable, isRetryableClass } from './classify-error.ts'
import { startTimer, startWait, systemClock } from './clock.ts'
import { DeadlineError } from './errors.ts'
import { callHook } from './hook.ts'
import { type AttemptRecord, type RetryContext, setRetryContext } from './retry-context.ts'
import type { GiveUpDecision, RetryFunction, RetryOptions } from './retry-options.ts'
import { classOf, delayOf, hintOf, isRefused, isWanted } from './retry-rules.ts'

interface Failure {
  readonly error: unknown
  readonly errorClass: ErrorClass
}

// Retries without end must not fill the memory.
const MAX_HISTORY = 100

/** How an attempt ended: with a value, or with a failure; with both when `retryOnResult` takes the value for one. */
type Outcome<T> =
  | { readonly value: T; readonly failure?: undefined }
  | { readonly value?: T; readonly failure: Failure }

/** A first attempt that failed, or gave what is refused, before there was a run: nothing but its function could end it. */
export interface FirstAttempt<T> {
  readonly attempt: Attempt
  readonly startedAt?: number | undefined
  readonly permit?: number | undefined
  readonly ended: { readonly value: T } | { readonly error: unknown }
}

/** One call of `retry`, from its start, or from a first attempt that failed, to its end. */
export function run<T>(
  fn: RetryFunction<T>,
  options: RetryOptions,
  first?: FirstAttempt<T>,
): { promise: Promise<T>; context: () => RetryContext } {
  const { clock = systemClock, maxRetries = 3, maxRetryAfterMs = 60_000, onHookError } = options
  const { signal, timeoutMs, deadlineMs, breaker, budget, shouldRetry } = options
  const startedAt = first?.startedAt ?? clock.now()
  const attempts: AttemptRecord[] = []
  // The call as a whole has a signal of the same kind, which the hooks are given.
  const scope = new Attempt(0, undefined, deadlineMs === undefined ? signal : undefined)
  let attempt = first?.attempt
  let attemptStartedAt = startedAt
  let permit = first?.permit
  /** What the function failed with last; with a breaker, not what that one refused. */
  let ownError: unknown
  /** The attempts that have failed. */
  let count = 0
  let previousDelayMs: number | undefined
  /** The caller's abort or the deadline has settled the call: nothing that comes later counts. */
  let isStopped = false
  let cancelTimer: (() => void) | undefined
  let cancelDeadline: (() => void) | undefined
  let reject: ((reason: unknown) => void) | undefined

  function context(): RetryContext {
    return { attempts, elapsedMs: clock.now() - startedAt }
  }

  function release(): void {
    cancelTimer?.()
    cancelDeadline?.()
    signal?.removeEventListener('abort', onAbort)
  }

  /** Ends the attempt under way; one that failed is kept. */
  function endAttempt(failure?: Failure, breakerClass = failure?.errorClass): void {
    attempt?.end()
    if (permit !== undefined) breaker?.leave(permit, breakerClass)
    if (attempt && failure) {
      const times = { startedAt: attemptStartedAt, durationMs: clock.now() - attemptStartedAt, delayMs: 0 }
      count = attempt.attempt
      if (attempts.push({ attempt: count, ...failure, ...times }) > MAX_HISTORY) attempts.splice(1, 1)
    }
    permit = undefined
    attempt = undefined
  }

  function failed(error: unknown): Outcome<T> {
    const failure = { error, errorClass: classOf(error, options) }
    if (permit !== undefined) ownError = error
    endAttempt(failure)
    return { failure }
  }

  function refused(value: T): Outcome<T> {
    const failure: Failure = { error: undefined, errorClass: 'unknown' }
    endAttempt(failure)
    return { value, failure }
  }

  function succeeded(value: T): Outcome<T> {
    if (isRefused(value, options)) return refused(value)
    endAttempt()
    budget?.deposit(attempts.at(-1)?.errorClass)
    return { value }
  }

  async function attemptOnce(previousError?: unknown): Promise<Outcome<T>> {
    const isCut = timeoutMs !== undefined || deadlineMs !== undefined
    const current = new Attempt(count + 1, previousError, isCut ? undefined : signal)
    attempt = current
    if (count > 0) attemptStartedAt = clock.now()
    try {
      permit = breaker?.enter(ownError)
      if (!isStopped) {
        const value = await current.call(fn, options)
        if (!isStopped) return succeeded(value)
      }
    } catch (error) {
      // The abort may be known before its event has come round.
      if (signal?.aborted) onAbort()
      if (!isStopped) return failed(error)
    }
    // Stopped meanwhile; by the breaker's or the timer's clock, maybe, before there was anything to end.
    current.end()
    endAttempt(undefined, 'aborted')
    return { value: undefined as never }
  }

  function decide(failure: Failure, delayMs = 0): GiveUpDecision {
    return {
      ...failure,
      attempt: count,
      retriesLeft: maxRetries - count + 1,
      delayMs,
      elapsedMs: clock.now() - startedAt,
      attempts,
      get signal() {
        return scope.signal
      },
    }
  }

  /** Whether a wait leaves time for an attempt. */
  function fits(delayMs: number): boolean {
    return clock.now() - startedAt + delayMs < (deadlineMs ?? Infinity) && !isStopped
  }

  /** Gives the delay before the next attempt, or nothing when there is none. */
  async function judge(failure: Failure, isWantedByRule: boolean): Promise<number | undefined> {
    const hintMs = hintOf(failure.error, options)
    if (count > maxRetries || isNonRetryable(failure.error) || (hintMs ?? 0) > maxRetryAfterMs) return
    previousDelayMs = delayOf(decide(failure), options, previousDelayMs)
    const delayMs = atLeast(hintMs, previousDelayMs, options)
    const decision = decide(failure, delayMs)
    if (!(shouldRetry ? await isWanted(decision, options) : isWantedByRule)) return
    if (!fits(delayMs) || budget?.tryWithdraw(failure.errorClass) === false) return
    attempts.push({ ...(attempts.pop() as AttemptRecord), delayMs })
    callHook(() => options.onRetry?.(decision), onHookError)
    // The hook may have taken its time.
    return fits(delayMs) ? delayMs : undefined
  }

  function wait(ms: number): Promise<void> {
    return new Promise(resolve => {
      if (isStopped) return
      cancelTimer = startWait(clock, ms, options.unref, resolve)
      // A clock is somebody's code and may have aborted.
      if (isStopped) cancelTimer()
    })
  }

  async function loop(): Promise<T> {
    try {
      let outcome = first
        ? 'value' in first.ended
          ? refused(first.ended.value)
          : failed(first.ended.error)
        : await attemptOnce()
      while (outcome.failure) {
        const { failure } = outcome
        const delayMs = await judge(failure, 'value' in outcome || isRetryableClass(failure.errorClass))
        if (delayMs === undefined) {
          giveUp(failure)
          if ('value' in outcome) break
          throw rejectionOf(failure.error)
        }
        await wait(delayMs)
        outcome = await attemptOnce(failure.error)
      }
      return outcome.value as T
    } finally {
      release()
    }
  }

  function giveUp(failure: Failure): void {
    if (isStopped) return
    release()
    setRetryContext(rejectionOf(failure.error), context())
    callHook(() => options.onGiveUp?.(decide(failure)), onHookError)
  }

  /** Settles the call from outside; the attempt under way is told, and no longer heard. */
  function stop(error: unknown, errorClass: ErrorClass): void {
    if (isStopped) return
    isStopped = true
    reject?.(error)
    const stopped = attempt
    endAttempt({ error, errorClass }, 'aborted')
    release()
    setRetryContext(error, context())
    stopped?.abort(error)
    scope.abort(error)
  }

  function onAbort(): void {
    stop(signal?.reason, 'aborted')
  }

  function onDeadline(): void {
    const cause = attempts.at(-1)?.error
    const error = new DeadlineError(deadlineMs as number, cause === undefined ? undefined : { cause })
    stop(error, 'timeout')
    callHook(() => options.onGiveUp?.(decide({ error, errorClass: 'timeout' })), onHookError)
  }

  function start(): Promise<T> {
    if (signal === undefined && deadlineMs === undefined) return loop()
    return new Promise((resolve, rejectCall) => {
      reject = rejectCall
      if (signal?.aborted) return onAbort()
      if (deadlineMs === 0) return onDeadline()
      signal?.addEventListener('abort', onAbort)
      if (deadlineMs !== undefined) cancelDeadline = startTimer(clock, deadlineMs, options.unref, onDeadline)
      // A clock is somebody's code and may have aborted.
      if (isStopped) release()
      else loop().then(resolve, rejectCall)
    })
  }

  return { promise: start(), context }
}

/** What the caller gets for what the function threw. */
function rejectionOf(error: unknown): unknown {
  return isNonRetryable(error) && error.cause !== undefined ? error.cause : error
}
