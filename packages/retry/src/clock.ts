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
export function startTimer(clock: Clock, ms: number, unref: boolean, callback: () => void): () => void {
  let handle: unknown
  const arm = (leftMs: number): void => {
    const stepMs = Math.min(leftMs, LONGEST_TIMER_MS)
    handle = clock.setTimeout(leftMs > stepMs ? () => arm(leftMs - stepMs) : callback, stepMs)
    if (unref) (handle as { unref?(): void } | undefined)?.unref?.()
  }
  if (ms !== Infinity) arm(ms)
  return () => clock.clearTimeout(handle)
}
