export type Timer = ReturnType<typeof setTimeout>

/** Above this, timers of every platform fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Starts a timer of any length, and keeps it where it can be cleared; one of `Infinity` never comes. */
export function startTimer(place: { timer?: Timer | undefined }, ms: number, callback: () => void): void {
  if (ms < Infinity)
    place.timer = setTimeout(
      () => (ms > MAX_TIMER_MS ? startTimer(place, ms - MAX_TIMER_MS, callback) : callback()),
      Math.min(ms, MAX_TIMER_MS),
    )
}
