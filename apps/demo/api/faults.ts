import { CALM, type Faults } from '../shared/faults.ts'
import { Problem } from './problem.ts'
import { seededRandom } from './random.ts'

export type Fate =
  | { readonly kind: 'fine' | 'unavailable' | 'rateLimited' }
  | { readonly kind: 'dropped' | 'stalled' | 'garbled'; readonly afterTokens: number }

const MAXIMUM: Record<keyof Faults, number> = {
  seed: 2 ** 32 - 1,
  latencyMs: 30_000,
  paceMs: 5_000,
  unavailable: 1,
  rateLimited: 1,
  retryAfterSeconds: 60,
  dropped: 1,
  stalled: 1,
  garbled: 1,
}
const WHOLE = new Set<string>(['seed', 'retryAfterSeconds'])
const MOST_TOKENS_BEFORE_A_CUT = 16

export class Weather {
  #faults: Faults = CALM
  #random = seededRandom(CALM.seed)

  get faults(): Faults {
    return this.#faults
  }

  /** Takes over the fields that are given. A seed, new or the same, starts its draws again. */
  change(input: unknown): Faults {
    const change = checked(input)
    this.#faults = { ...this.#faults, ...change }
    if (change.seed !== undefined) this.#random = seededRandom(change.seed)
    return this.#faults
  }

  /** What happens to the next request. Five draws each time, so one share does not shift the fate of the next request. */
  nextFate(): Fate {
    const [a = 1, b = 1, c = 1, d = 1, e = 0] = Array.from({ length: 5 }, () => this.#random())
    const { unavailable, rateLimited, dropped, stalled, garbled } = this.#faults
    if (a < unavailable) return { kind: 'unavailable' }
    if (b < rateLimited) return { kind: 'rateLimited' }
    const afterTokens = Math.floor(e * (MOST_TOKENS_BEFORE_A_CUT + 1))
    if (c < dropped) return { kind: 'dropped', afterTokens }
    if (d < stalled) return { kind: 'stalled', afterTokens }
    if (d >= 1 - garbled) return { kind: 'garbled', afterTokens }
    return { kind: 'fine' }
  }
}

function checked(input: unknown): Partial<Faults> {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new Problem(400, 'invalid_faults', 'the body must be an object of faults')
  for (const [name, value] of Object.entries(input)) {
    if (!Object.hasOwn(MAXIMUM, name))
      throw new Problem(400, 'unknown_fault', `\`${name}\` is no fault; there are ${Object.keys(MAXIMUM).join(', ')}`)
    const maximum = MAXIMUM[name as keyof Faults]
    const whole = WHOLE.has(name)
    if (typeof value !== 'number' || !(value >= 0 && value <= maximum) || (whole && !Number.isInteger(value)))
      throw new Problem(
        400,
        'invalid_fault',
        `\`${name}\` must be a ${whole ? 'whole ' : ''}number from 0 to ${maximum}, got ${JSON.stringify(value)}`,
      )
  }
  return input
}
