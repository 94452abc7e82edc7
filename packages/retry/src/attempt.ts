import { startTimer, systemClock } from './clock.ts'
import { TimeoutError } from './errors.ts'
import type { AttemptContext, RetryFunction, RetryOptions } from './retry-options.ts'

/** One attempt, as its function sees it: what is not asked for is not made. */
export class Attempt implements AttemptContext {
  readonly attempt: number
  readonly previousError: unknown
  #signal: AbortSignal | undefined
  #controller: AbortController | undefined
  #cancelTimer: (() => void) | undefined

  /** With a `signal` given it is the attempt's: nothing but that one can abort it. */
  constructor(attempt: number, previousError?: unknown, signal?: AbortSignal) {
    this.attempt = attempt
    this.previousError = previousError
    this.#signal = signal
  }

  get signal(): AbortSignal {
    if (!this.#signal) {
      this.#controller = new AbortController()
      this.#signal = this.#controller.signal
    }
    return this.#signal
  }

  /** Calls the function, and cuts it when it takes longer than `timeoutMs`. */
  call<T>(fn: RetryFunction<T>, options: RetryOptions): T | PromiseLike<T> {
    const { timeoutMs } = options
    if (timeoutMs === undefined) return fn(this)
    const { clock = systemClock, unref } = options
    return new Promise((resolve, reject) => {
      this.#cancelTimer = startTimer(clock, timeoutMs, unref, () => {
        const error = new TimeoutError(timeoutMs)
        reject(error)
        this.abort(error)
      })
      // A clock is somebody's code and may have aborted.
      if (this.#signal?.aborted) {
        this.end()
        return reject(this.#signal.reason)
      }
      // What comes late finds the promise settled, and an error is handled all the same.
      Promise.resolve(fn(this)).then(resolve, reject)
    })
  }

  abort(reason: unknown): void {
    this.end()
    this.#signal ??= AbortSignal.abort(reason)
    this.#controller?.abort(reason)
  }

  /** Leaves no timer. */
  end(): void {
    this.#cancelTimer?.()
  }
}
