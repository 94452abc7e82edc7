let turn: number | undefined

/**
 * When a waiter arrived, in monotonic milliseconds. Reading the clock costs a
 * fifth of a queued section, so waiters that come in one turn of the microtask
 * queue share a reading; only ageing looks at it, and counts in seconds.
 * `exact` reads the clock in any case.
 */
export function arrivalTime(exact: boolean): number {
  if (turn === undefined) void Promise.resolve().then(endTurn)
  if (exact || turn === undefined) turn = performance.now()
  return turn
}

function endTurn(): void {
  turn = undefined
}
