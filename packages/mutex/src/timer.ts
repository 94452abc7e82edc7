export type Timer = ReturnType<typeof setTimeout>

/** Above this, timers of every platform fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * Starts a timer of any length, and keeps it where it can be cleared; one of `Infinity` never comes.
 * `start` makes each of the timers that a long one takes.
 */
export function startTimer(
  place: { timer?: Timer | undefined },
  ms: number,
  callback: () => void,
  start: (callback: () => void, ms: number) => Timer = setTimeout,
): void {
  if (ms < Infinity)
    place.timer = start(
      () => (ms > MAX_TIMER_MS ? startTimer(place, ms - MAX_TIMER_MS, callback, start) : callback()),
      Math.min(ms, MAX_TIMER_MS),
    )
}
