import { Attempt } from './attempt.ts'
import { CallWindow } from './call-window.ts'
import { callWithin } from './call-within.ts'
import type {
  CircuitBreaker,
  CircuitBreakerEvents,
  CircuitBreakerOptions,
  CircuitBreakerState,
  CircuitState,
} from './circuit-breaker.ts'
import { classifyError, type ErrorClass, isRetryableClass } from './classify-error.ts'
import { type Clock, systemClock } from './clock.ts'
import { CircuitOpenError } from './errors.ts'
import { callHook } from './hook.ts'
import type { PolicyExecuteOptions, PolicyFunction } from './policy.ts'

const OPEN_MS = 5000

// The probes' verdict is due within a call's time, not within that of another opening.
const HALF_OPEN_SHARE = 0.1

export class Breaker implements CircuitBreaker {
  readonly #options: CircuitBreakerOptions
  readonly #clock: Clock
  readonly #window: CallWindow
  readonly #listeners = new Set<(event: CircuitBreakerEvents['state-changed']) => void>()
  #state: CircuitState = 'closed'
  #isIsolated = false
  #openUntil = 0
  #consecutive = 0
  #lastPermit = 0
  /** Permits up to this one are of calls from before the last change of state. */
  #stalePermit = 0
  /** When each probe under way began, by permit. */
  readonly #probes = new Map<number, number>()
  #probesSucceeded = 0
  #probesFailed = 0

  constructor(options: CircuitBreakerOptions) {
    const { windowMs = 10_000, clock = systemClock, initialState } = options
    this.#options = { ...options }
    this.#clock = clock
    this.#window = new CallWindow(windowMs)
    if (!initialState) return
    const now = clock.now()
    this.#state = initialState.state === 'closed' ? 'closed' : 'open'
    this.#isIsolated = initialState.isIsolated
    this.#openUntil = now + initialState.openForMs
    this.#consecutive = initialState.consecutiveFailures
    for (const { ageMs, calls, failures } of initialState.calls) this.#window.add(now - ageMs, calls, failures)
  }

  get state(): CircuitState {
    return this.#state === 'open' && this.#openForMs() <= 0 ? 'half-open' : this.#state
  }

  enter(cause?: unknown): number {
    if (this.#state !== 'closed') this.#enterAsProbe(cause === undefined ? undefined : { cause })
    return ++this.#lastPermit
  }

  leave(permit: number, errorClass?: ErrorClass): void {
    if (permit <= this.#stalePermit) return
    const isProbe = this.#probes.size > 0 && this.#probes.delete(permit)
    const isFailure = errorClass !== undefined && this.#isFailure(errorClass)
    if (isFailure === undefined) return
    if (isProbe) this.#leaveAsProbe(isFailure, errorClass)
    else this.#count(isFailure, errorClass)
  }

  async execute<T>(fn: PolicyFunction<T>, { signal }: PolicyExecuteOptions = {}): Promise<T> {
    signal?.throwIfAborted()
    const permit = this.enter()
    try {
      const result = await callWithin(fn, new Attempt(1, undefined, signal), { signal })
      this.leave(permit)
      return result
    } catch (error) {
      this.leave(permit, signal?.aborted ? 'aborted' : classifyError(error))
      throw error
    }
  }

  on<Type extends keyof CircuitBreakerEvents>(
    _type: Type,
    listener: (event: CircuitBreakerEvents[Type]) => void,
  ): () => void {
    const own = (event: CircuitBreakerEvents[Type]): void => listener(event)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  isolate(): void {
    this.#isIsolated = true
    this.#change('open')
  }

  reset(): void {
    this.#isIsolated = false
    this.#change('closed')
  }

  exportState(): CircuitBreakerState {
    const now = this.#clock.now()
    return {
      state: this.state,
      isIsolated: this.#isIsolated,
      openForMs: this.#state === 'closed' ? 0 : Math.max(0, this.#openUntil - now),
      consecutiveFailures: this.#consecutive,
      calls: this.#window.recent(now),
    }
  }

  #openForMs(): number {
    return this.#isIsolated ? Infinity : this.#openUntil - this.#clock.now()
  }

  /** Nothing when the error says neither that the service is well nor that it is not. */
  #isFailure(errorClass: ErrorClass): boolean | undefined {
    if (errorClass === 'aborted' || errorClass === 'circuit_open' || errorClass === 'programmer') return undefined
    const { isFailure, onHookError } = this.#options
    const isRule = errorClass !== 'rate_limit' && isRetryableClass(errorClass)
    if (isFailure ? (callHook(() => isFailure(errorClass), onHookError) ?? isRule) : isRule) return true
    return errorClass === 'rate_limit' ? undefined : false
  }

  #count(isFailure: boolean, errorClass: ErrorClass | undefined): void {
    const now = this.#clock.now()
    this.#window.add(now, 1, isFailure ? 1 : 0)
    if (!isFailure) {
      this.#consecutive = 0
      return
    }
    this.#consecutive++
    const { minimumCalls = 10, failureRatio = 0.5, consecutiveFailures = 3 } = this.#options
    let calls = 0
    let failures = 0
    for (const slot of this.#window.recent(now)) {
      calls += slot.calls
      failures += slot.failures
    }
    const isBusy = calls >= minimumCalls
    if (isBusy ? failures / calls >= failureRatio : this.#consecutive >= consecutiveFailures) this.#trip(errorClass)
  }

  /** Throws, or notes that the next permit is a probe's. */
  #enterAsProbe(because?: ErrorOptions): void {
    const { probes = 1, probeTimeoutMs = 30_000, openMs = OPEN_MS } = this.#options
    if (this.#state === 'open') {
      const openForMs = this.#openForMs()
      if (openForMs > 0) throw new CircuitOpenError(openForMs, because)
      this.#change('half-open')
      // A listener may have isolated or reset it.
      if (this.#isIsolated) throw new CircuitOpenError(Infinity, because)
      if (this.state === 'closed') return
    }
    const now = this.#clock.now()
    const [oldestAt = Infinity] = this.#probes.values()
    if (now - oldestAt >= probeTimeoutMs) {
      // It would keep the breaker half-open for ever.
      this.#trip('timeout')
      throw new CircuitOpenError(openMs, because)
    }
    if (this.#probes.size + this.#probesSucceeded + this.#probesFailed >= probes) {
      throw new CircuitOpenError(openMs * HALF_OPEN_SHARE, because)
    }
    this.#probes.set(this.#lastPermit + 1, now)
  }

  #leaveAsProbe(isFailure: boolean, errorClass: ErrorClass | undefined): void {
    const { probes = 1, probeThreshold = probes } = this.#options
    if (isFailure) this.#probesFailed++
    else this.#probesSucceeded++
    if (this.#probesFailed > probes - probeThreshold) this.#trip(errorClass)
    else if (this.#probesSucceeded >= probeThreshold) this.#change('closed')
  }

  #trip(errorClass: ErrorClass | undefined): void {
    this.#openUntil = this.#clock.now() + (this.#options.openMs ?? OPEN_MS)
    this.#change('open', errorClass)
  }

  #change(to: CircuitState, errorClass?: ErrorClass): void {
    const from = this.#state
    this.#state = to
    this.#stalePermit = this.#lastPermit
    this.#probes.clear()
    this.#probesSucceeded = 0
    this.#probesFailed = 0
    this.#consecutive = 0
    if (to === 'closed') this.#window.clear()
    if (from === to) return
    const event = { type: 'state-changed', from, to, errorClass } as const
    for (const listener of this.#listeners) callHook(() => listener(event), this.#options.onHookError)
  }
}
