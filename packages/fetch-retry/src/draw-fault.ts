import type { FaultReply, FaultShares } from './fault.ts'
import { shareOf } from './share-of.ts'

interface Drawing {
  readonly seed?: number | string | undefined
  readonly faults?: FaultShares | undefined
}

/** Draws what becomes of a request: `at` is a number from 0 to 1 of the same draw, and `reply` is empty for nothing. */
export type DrawFault = (
  request: { readonly method?: string | undefined; readonly url?: string | undefined },
  drawing: Drawing,
) => { readonly reply: FaultReply; readonly at: number }

const MAX_KEYS = 10_000

/** Draws by seed, method, path and how often they came, so that the order of others changes nothing. */
export function drawFaults(): DrawFault {
  const seen = new Map<string, number>()
  return ({ method, url }, { seed = 1, faults = {} }) => {
    const key = `${seed} ${method} ${url}`
    const nth = (seen.get(key) ?? 0) + 1
    seen.delete(key)
    seen.set(key, nth)
    // A server that runs for long meets more paths than it can remember.
    if (seen.size > MAX_KEYS) seen.delete(seen.keys().next().value ?? '')
    const at = shareOf(`at ${key} ${nth}`)
    let left = shareOf(`${key} ${nth}`)
    for (const [name, given] of Object.entries(faults)) {
      const { share, ...more } = typeof given === 'object' ? given : { share: given ?? 0 }
      left -= share
      const kind = /^\d/.test(name) ? { status: Number(name) } : { fault: name }
      if (left < 0) return { reply: { ...more, ...kind } as FaultReply, at }
    }
    return { reply: {}, at }
  }
}
