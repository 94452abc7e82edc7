import { checkOptions, DURATION, SIGNAL } from './check-option.ts'
import { type Clock, startWait, systemClock } from './clock.ts'

/** How a wait can be ended, and whether it keeps the process. */
export interface DelayOptions {
  /** Aborting it rejects at once with `signal.reason`. */
  readonly signal?: AbortSignal | undefined
  /**
   * Lets a Node process end while only this waits.
   * @defaultValue false
   */
  readonly unref?: boolean | undefined
  readonly clock?: Clock | undefined
}

/**
 * Waits, never for less, any duration from 0 to Infinity, also beyond the 24.8 days that one timer can hold.
 *
 * Cancel safety: an abort rejects at once with `signal.reason` and leaves no timer and no listener.
 *
 * @throws `signal.reason`; TypeError or RangeError for a bad duration, as a rejection.
 *
 * @example
 * ```ts
 * import { delay } from '@x/retry'
 *
 * await delay(5)
 * await delay(60_000, { signal: AbortSignal.timeout(5) }) // throws TimeoutError
 * ```
 */
export function delay(ms: number, options: DelayOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    checkOptions(options, { signal: SIGNAL })
    checkOptions({ ms }, { ms: DURATION })
    const { signal, unref = false, clock = systemClock } = options
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = (): void => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = startWait(clock, ms, unref, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    // A clock is somebody's code and may have aborted.
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
  })
}
