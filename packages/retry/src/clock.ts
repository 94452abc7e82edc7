/**
 * The time a retry lives by: give one to make waits and deadlines testable or simulated.
 *
 * `now` is in monotonic milliseconds of any origin; setting the wall clock never moves it.
 */
export interface Clock {
  now(): number
  setTimeout(callback: () => void, ms: number): unknown
  clearTimeout(handle: unknown): void
}

/** The platform's own time: `performance.now` and timers, looked up at each call. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: handle => clearTimeout(handle as number),
}

// A longer timer fires at once on every platform.
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Starts a timer of any length (none for Infinity, which never comes) and returns what cancels it. */
export function startTimer(clock: Clock, ms: number, unref: boolean | undefined, callback: () => void): () => void {
  if (ms > LONGEST_TIMER_MS) {
    if (ms === Infinity) return () => {}
    const goOn = (): void => {
      cancel = startTimer(clock, ms - LONGEST_TIMER_MS, unref, callback)
    }
    let cancel = startTimer(clock, LONGEST_TIMER_MS, unref, goOn)
    return () => cancel()
  }
  const handle = clock.setTimeout(callback, ms)
  if (unref) (handle as { unref?(): void } | undefined)?.unref?.()
  return () => clock.clearTimeout(handle)
}
