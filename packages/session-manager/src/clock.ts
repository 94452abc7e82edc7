/** Time, given where a test wants its own: `now` in monotonic milliseconds. */
export interface Clock {
  now(): number
  setTimeout(callback: () => void, ms: number): unknown
  clearTimeout(handle: unknown): void
}
