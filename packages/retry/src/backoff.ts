import { checkOptions } from './check-option.ts'
import { delayFromError } from './retry-after.ts'
import { LATE_RULES } from './retry-options.ts'

/** How the delay grows with the attempts. */
export type BackoffKind = 'exponential' | 'linear' | 'constant'

/**
 * How the delays of many clients are spread, always within the cap: `full` over all of 0 to the delay, `equal` over
 * its upper half, `decorrelated` from `baseDelayMs` to three times the delay before, `none` not at all.
 */
export type JitterKind = 'full' | 'equal' | 'decorrelated' | 'none'

/** How long the waits between attempts are. */
export interface BackoffOptions {
  /**
   * The delay after the first attempt, before jitter.
   * @defaultValue 200
   */
  readonly baseDelayMs?: number | undefined
  /**
   * No own delay is longer, jitter included; only a hint from the error is.
   * @defaultValue 20_000
   */
  readonly maxDelayMs?: number | undefined
  /**
   * What each delay of an exponential backoff is of the one before, from 1 on.
   * @defaultValue 2
   */
  readonly factor?: number | undefined
  /** @defaultValue 'exponential' */
  readonly backoff?: BackoffKind | undefined
  /** @defaultValue 'full' */
  readonly jitter?: JitterKind | undefined
  /** Numbers from 0 up to 1, as `Math.random`. */
  readonly random?: (() => number) | undefined
}

/** Of `retry`, whose `backoff` may be a function, too. */
export type BackoffSettings = Omit<BackoffOptions, 'backoff'> & { readonly backoff?: unknown }

/** By how much of itself a hint may be exceeded, so that clients with the same hint do not come back at once. */
const HINT_SPREAD = 0.1

/**
 * The delay after an attempt, counted from 1, in milliseconds.
 *
 * Full and equal jitter after Marc Brooker, "Exponential Backoff and Jitter" (AWS Architecture Blog, 2015), and
 * `decorrelated` too, with the cap inside the draw instead of after it: at the cap the delays keep their spread.
 *
 * @throws RangeError or TypeError for an option out of range.
 * @example
 * ```ts
 * import { calculateBackoff } from '@x/retry'
 *
 * calculateBackoff(1, { jitter: 'none' }) // => 200
 * calculateBackoff(3, { jitter: 'none' }) // => 800
 * calculateBackoff(50, { jitter: 'none' }) // => 20_000
 * calculateBackoff(3, { random: () => 0.5 }) // => 400
 * ```
 */
export function calculateBackoff(attempt: number, options: BackoffOptions = {}): number {
  checkOptions(options, LATE_RULES)
  checkOptions({ attempt }, LATE_RULES)
  return spread(growth(attempt, options), options)
}

/**
 * The delay after an attempt, counted from 1, that failed with this error: as {@link calculateBackoff}, and never
 * before the time that the error names ({@link delayFromError}), which may lie beyond `maxDelayMs`.
 *
 * A hint is exceeded by up to a tenth, unless `jitter` is `none`, since everybody else got the same one.
 *
 * @example
 * ```ts
 * import { calculateBackoffForError } from '@x/retry'
 *
 * calculateBackoffForError(1, { status: 429, retryAfterMs: 5000 }, { jitter: 'none' }) // => 5000
 * ```
 */
export function calculateBackoffForError(attempt: number, error: unknown, options: BackoffOptions = {}): number {
  const delayMs = calculateBackoff(attempt, options)
  return atLeast(delayFromError(error), delayMs, options)
}

/** The delay, or the hint and a little more when that is later. */
export function atLeast(hintMs: number | undefined, delayMs: number, options: BackoffSettings): number {
  if (hintMs === undefined) return delayMs
  return Math.max(delayMs, options.jitter === 'none' ? hintMs : hintMs * (1 + HINT_SPREAD * draw(options)))
}

/** The delay before cap and jitter; decorrelated jitter grows from the delay before. */
export function growth(attempt: number, options: BackoffSettings, previousDelayMs?: number): number {
  const { baseDelayMs = 200, factor = 2, backoff, jitter } = options
  if (jitter === 'decorrelated') return 3 * Math.max(baseDelayMs, previousDelayMs ?? baseDelayMs * 3 ** (attempt - 1))
  if (backoff === 'linear') return baseDelayMs * attempt
  // 0 times Infinity is no number.
  return backoff === 'constant' ? baseDelayMs : baseDelayMs && baseDelayMs * factor ** (attempt - 1)
}

/** Draws from the delay's range, all of it within the cap. */
export function spread(
  delayMs: number,
  options: BackoffSettings,
  jitter: JitterKind = options.jitter ?? 'full',
): number {
  const { baseDelayMs = 200, maxDelayMs = 20_000 } = options
  const cap = Math.min(maxDelayMs, Number.MAX_SAFE_INTEGER)
  const ceiling = Number.isNaN(delayMs) ? cap : Math.min(Math.max(0, delayMs), cap)
  if (jitter === 'none') return ceiling
  const floor = jitter === 'full' ? 0 : jitter === 'equal' ? ceiling / 2 : Math.min(baseDelayMs, ceiling)
  return floor + draw(options) * (ceiling - floor)
}

function draw({ random = Math.random }: BackoffSettings): number {
  return Math.min(Math.max(random(), 0), 1) || 0
}
