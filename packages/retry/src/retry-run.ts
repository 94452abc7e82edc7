import { AbortScope } from './abort-scope.ts'
import { Attempt } from './attempt.ts'
import { atLeast } from './backoff.ts'
import { type ErrorClass, isNonRetryable, isRetryableClass } from './classify-error.ts'
import { type Clock, startTimer, systemClock } from './clock.ts'
import { DeadlineError, TimeoutError } from './errors.ts'
import { callHook } from './hook.ts'
import { type AttemptRecord, type RetryContext, setRetryContext } from './retry-context.ts'
import type { GiveUpDecision, RetryFunction, RetryOptions } from './retry-options.ts'
import { classOf, delayOf, hintOf, isRefused, isWanted } from './retry-rules.ts'

const MAX_RETRIES = 3
const MAX_RETRY_AFTER_MS = 60_000

// A timer may fire a little early; a wait that a server asked for must not be cut by it.
const EARLY_MS = 2

/** How an attempt ended; `refused`: with a result that `retryOnResult` takes for a failure. */
type Outcome<T> = { readonly kind: 'ended'; readonly value: T } | Failure<T>
type Failure<T> =
  | { readonly kind: 'refused'; readonly value: T; readonly error: undefined; readonly errorClass: ErrorClass }
  | { readonly kind: 'failed'; readonly error: unknown; readonly errorClass: ErrorClass }

/** One call of `retry`, from its first attempt to its end. */
export class RetryRun<T> {
  readonly #fn: RetryFunction<T>
  readonly #options: RetryOptions
  readonly #clock: Clock
  readonly #startedAt: number
  readonly #attempts: AttemptRecord[] = []
  readonly #scope: AbortScope
  /** The attempt under way. */
  #attempt: Attempt | undefined
  #attemptStartedAt: number
  #permit: number | undefined
  #previousDelayMs: number | undefined
  #cancelTimer: (() => void) | undefined
  #cancelDeadline: (() => void) | undefined
  #reject: ((reason: unknown) => void) | undefined
  /** The caller's abort or the deadline has settled the call: nothing that comes later counts. */
  #stopped = false
  #endedAt: number | undefined

  constructor(fn: RetryFunction<T>, options: RetryOptions, startedAt: number) {
    this.#fn = fn
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#startedAt = startedAt
    this.#attemptStartedAt = startedAt
    this.#scope = new AbortScope(options.deadlineMs === undefined ? options.signal : undefined)
  }

  get context(): RetryContext {
    return { attempts: this.#attempts, elapsedMs: (this.#endedAt ?? this.#clock.now()) - this.#startedAt }
  }

  /** Runs to the end, or to the caller's abort or the deadline, whichever is first. */
  start(): Promise<T> {
    const { signal, deadlineMs, unref = false } = this.#options
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (deadlineMs === 0) return Promise.reject(new DeadlineError(deadlineMs))
    if (signal === undefined && deadlineMs === undefined) return this.#loop()
    return new Promise((resolve, reject) => {
      this.#reject = reject
      signal?.addEventListener('abort', this.#onAbort)
      if (deadlineMs !== undefined) {
        this.#cancelDeadline = startTimer(this.#clock, deadlineMs, unref, () => this.#onDeadline(deadlineMs))
      }
      // A clock is somebody's code and may have aborted.
      if (this.#stopped) this.#release()
      else this.#loop().then(resolve, reject)
    })
  }

  /** Goes on after a first attempt that was made without a run and failed; only for a call that nothing bounds. */
  resume(failed: { readonly error: unknown } | { readonly value: T }, permit: number | undefined): Promise<T> {
    this.#attempt = new Attempt(1)
    this.#permit = permit
    return this.#loop('value' in failed ? this.#refused(failed.value) : this.#failed(failed.error))
  }

  async #loop(first?: Outcome<T>): Promise<T> {
    try {
      let outcome = first ?? (await this.#try(1))
      for (let attempt = 1; outcome.kind !== 'ended'; attempt++) {
        const delayMs = await this.#judge(outcome)
        if (delayMs === undefined) break
        await this.#wait(delayMs)
        outcome = await this.#try(attempt + 1, outcome.error)
      }
      if (outcome.kind === 'failed') throw rejectionOf(outcome.error)
      return outcome.value
    } finally {
      this.#release()
    }
  }

  async #try(number: number, previousError?: unknown): Promise<Outcome<T>> {
    const { breaker, timeoutMs, deadlineMs, signal } = this.#options
    const hasOwnSignal = timeoutMs !== undefined || deadlineMs !== undefined
    const attempt = new Attempt(number, previousError, hasOwnSignal ? undefined : signal)
    this.#attempt = attempt
    this.#attemptStartedAt = this.#clock.now()
    try {
      this.#permit = breaker?.enter()
      if (!this.#stopped) {
        const value = await (timeoutMs === undefined ? this.#fn(attempt) : this.#timed(attempt, timeoutMs))
        if (!this.#stopped) return this.#succeeded(value)
      }
    } catch (error) {
      // The abort may be known before its event has come round.
      if (signal?.aborted) this.#onAbort()
      if (!this.#stopped) return this.#failed(error)
    }
    this.#leaveBreaker('aborted')
    return { kind: 'ended', value: undefined as never }
  }

  #timed(attempt: Attempt, timeoutMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#startTimer(timeoutMs, () => {
        const error = new TimeoutError(timeoutMs)
        reject(error)
        attempt.abort(error)
      })
      // What comes late finds the promise settled, and a late error is handled all the same.
      if (!this.#stopped) Promise.resolve(this.#fn(attempt)).then(resolve, reject)
    })
  }

  #succeeded(value: T): Outcome<T> {
    if (isRefused(value, this.#options)) return this.#refused(value)
    this.#cancelTimer?.()
    this.#attempt = undefined
    this.#leaveBreaker()
    this.#options.budget?.deposit()
    return { kind: 'ended', value }
  }

  #refused(value: T): Failure<T> {
    this.#record(undefined, 'unknown')
    return { kind: 'refused', value, error: undefined, errorClass: 'unknown' }
  }

  #failed(error: unknown): Failure<T> {
    const errorClass = classOf(error, this.#options)
    this.#record(error, errorClass)
    return { kind: 'failed', error, errorClass }
  }

  /** Gives the delay before the next attempt, or nothing when there is none. */
  async #judge({ kind, error, errorClass }: Failure<T>): Promise<number | undefined> {
    const { maxRetryAfterMs = MAX_RETRY_AFTER_MS, shouldRetry, budget, onRetry, onHookError } = this.#options
    const undecided = this.#decision(error, errorClass)
    const hintMs = hintOf(error, this.#options)
    if (undecided.retriesLeft <= 0 || isNonRetryable(error) || (hintMs ?? 0) > maxRetryAfterMs) {
      return this.#giveUp(undecided)
    }
    this.#previousDelayMs = delayOf(undecided, this.#options, this.#previousDelayMs)
    const delayMs = atLeast(hintMs, this.#previousDelayMs, this.#options)
    const decision = this.#decision(error, errorClass, delayMs)
    const isRule = kind === 'refused' || isRetryableClass(errorClass)
    if (!(shouldRetry ? await isWanted(decision, this.#options) : isRule)) return this.#giveUp(undecided)
    if (!this.#fits(delayMs) || budget?.tryWithdraw(errorClass) === false) return this.#giveUp(undecided)
    const record = this.#attempts.pop()
    if (record) this.#attempts.push({ ...record, delayMs })
    callHook(onRetry, decision, onHookError)
    // The hook may have taken its time.
    return this.#fits(delayMs) ? delayMs : this.#giveUp(undecided)
  }

  #decision(error: unknown, errorClass: ErrorClass, delayMs = 0): GiveUpDecision {
    const attempts = this.#attempts
    const scope = this.#scope
    return {
      error,
      errorClass,
      attempt: attempts.length,
      retriesLeft: (this.#options.maxRetries ?? MAX_RETRIES) - attempts.length + 1,
      delayMs,
      elapsedMs: this.#clock.now() - this.#startedAt,
      get signal() {
        return scope.signal
      },
      attempts,
    }
  }

  /** Whether a wait leaves time for an attempt. */
  #fits(delayMs: number): boolean {
    const { deadlineMs = Infinity } = this.#options
    return this.#clock.now() - this.#startedAt + delayMs < deadlineMs && !this.#stopped
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise(resolve => {
      const dueAt = this.#clock.now() + delayMs
      this.#startTimer(delayMs, () => {
        const leftMs = dueAt - this.#clock.now()
        if (leftMs > 0 && leftMs < EARLY_MS) this.#startTimer(leftMs, resolve)
        else resolve()
      })
    })
  }

  #startTimer(ms: number, callback: () => void): void {
    if (this.#stopped) return
    this.#cancelTimer = startTimer(this.#clock, ms, this.#options.unref === true, callback)
    // A clock is somebody's code and may have aborted.
    if (this.#stopped) this.#cancelTimer()
  }

  /** Ends the attempt under way as a failure. */
  #record(error: unknown, errorClass: ErrorClass, breakerClass = errorClass): void {
    this.#cancelTimer?.()
    this.#leaveBreaker(breakerClass)
    if (!this.#attempt) return
    const { attempt } = this.#attempt
    const startedAt = this.#attemptStartedAt
    this.#attempt = undefined
    this.#attempts.push({
      attempt,
      error,
      errorClass,
      startedAt,
      durationMs: this.#clock.now() - startedAt,
      delayMs: 0,
    })
  }

  #leaveBreaker(errorClass?: ErrorClass): void {
    const permit = this.#permit
    this.#permit = undefined
    if (permit !== undefined) this.#options.breaker?.leave(permit, errorClass)
  }

  #giveUp(decision: GiveUpDecision): undefined {
    if (this.#stopped) return
    this.#release()
    setRetryContext(rejectionOf(decision.error), this.context)
    callHook(this.#options.onGiveUp, decision, this.#options.onHookError)
  }

  readonly #onAbort = (): void => this.#stop(this.#options.signal?.reason, 'aborted')

  #onDeadline(deadlineMs: number): void {
    const cause = this.#attempts.at(-1)?.error
    const error = new DeadlineError(deadlineMs, cause === undefined ? undefined : { cause })
    this.#stop(error, 'timeout')
    callHook(this.#options.onGiveUp, this.#decision(error, 'timeout'), this.#options.onHookError)
  }

  /** Settles the call from outside; the attempt under way is told, and no longer heard. */
  #stop(error: unknown, errorClass: 'aborted' | 'timeout'): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#reject?.(error)
    const attempt = this.#attempt
    this.#record(error, errorClass, 'aborted')
    this.#release()
    setRetryContext(error, this.context)
    attempt?.abort(error)
    this.#scope.abort(error)
  }

  #release(): void {
    this.#endedAt ??= this.#clock.now()
    this.#cancelTimer?.()
    this.#cancelDeadline?.()
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
  }
}

/** What the caller gets for what the function threw. */
function rejectionOf(error: unknown): unknown {
  return isNonRetryable(error) && error.cause !== undefined ? error.cause : error
}
