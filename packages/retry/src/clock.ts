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

// A timer may fire a little early, and again when it is started anew for what is left.
const EARLY_MS = 2

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

/** As {@link startTimer}, and never calls back before its time. */
export function startWait(clock: Clock, ms: number, unref: boolean | undefined, callback: () => void): () => void {
  const dueAt = clock.now() + ms
  let isCancelled = false
  let cancel = startTimer(clock, ms, unref, () => {
    const leftMs = dueAt - clock.now()
    // Not for as long as it took: the clock may stand still.
    if (leftMs <= 0 || leftMs >= Math.min(ms, EARLY_MS)) callback()
    else if (!isCancelled) {
      cancel = startWait(clock, leftMs, unref, callback)
      // A clock is somebody's code and may have cancelled.
      if (isCancelled) cancel()
    }
  })
  return () => {
    isCancelled = true
    cancel()
  }
}
