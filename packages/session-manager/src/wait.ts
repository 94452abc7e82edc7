import { checkOption } from './check-option.ts'
import type { Clock } from './clock.ts'

/** Resolves after `ms`, or rejects with the signal's reason; leaves no timer and no listener. */
export function wait(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const end = (): void => {
      clock.clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = clock.setTimeout(() => {
      signal.removeEventListener('abort', end)
      resolve()
    }, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}

/** Resolves with the promise, or once a signal is aborted; rejects with the promise. */
export function either(promise: Promise<unknown>, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      for (const signal of signals) signal.removeEventListener('abort', end)
      resolve()
    }
    for (const signal of signals) signal.addEventListener('abort', end)
    if (signals.some(signal => signal.aborted)) end()
    promise.then(end, reject)
  })
}

/** A longer timer would fire at once. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1

/** What ends a wait. */
export interface Bounds {
  readonly signals: readonly (AbortSignal | undefined)[]
  /** In milliseconds; Infinity for ever. */
  readonly timeoutMs: number
  readonly clock: Clock
  /** Made when the time is over: the reason of the wait's signal. */
  readonly onTimeout: () => unknown
}

/** Runs a wait with a signal that follows all its bounds; leaves no timer and no listener. */
export async function bounded<T>(bounds: Bounds, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signals, timeoutMs, clock, onTimeout } = bounds
  checkDuration('timeoutMs', timeoutMs)
  const controller = new AbortController()
  const follows = signals.map(signal => {
    const abort = (): void => controller.abort(signal?.reason)
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort)
    return () => signal?.removeEventListener('abort', abort)
  })
  const timer =
    timeoutMs <= LONGEST_TIMER_MS ? clock.setTimeout(() => controller.abort(onTimeout()), timeoutMs) : undefined
  try {
    controller.signal.throwIfAborted()
    return await run(controller.signal)
  } finally {
    for (const unfollow of follows) unfollow()
    if (timer !== undefined) clock.clearTimeout(timer)
  }
}

/** @throws TypeError or RangeError that names the option, the accepted range and what came. */
export function checkDuration(option: string, value: unknown): void {
  checkOption(typeof value === 'number' && value >= 0, option, value, 'a number of milliseconds >= 0', 'number')
}
