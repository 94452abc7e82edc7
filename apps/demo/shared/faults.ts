/** The weather: what the page may make the chat endpoint do to its callers. Shares are from 0 to 1. */
export interface Faults {
  /** The same seed and the same order of requests bring the same faults. */
  readonly seed: number
  readonly latencyMs: number
  /** Pause between two tokens. */
  readonly paceMs: number
  /** Share of requests answered with 503. */
  readonly unavailable: number
  /** Share of the others answered with 429. */
  readonly rateLimited: number
  /** The hint of a 429. */
  readonly retryAfterSeconds: number
  /** Share of the others whose connection is cut before the first byte or after some tokens. */
  readonly dropped: number
  /** Share of the others that fall silent after some tokens, connection open. */
  readonly stalled: number
  /** Share of the others with one event that is torn in the middle, after some tokens. */
  readonly garbled: number
}

export const CALM: Faults = {
  seed: 1,
  latencyMs: 60,
  paceMs: 40,
  unavailable: 0,
  rateLimited: 0,
  retryAfterSeconds: 1,
  dropped: 0,
  stalled: 0,
  garbled: 0,
}
