import type { TurnClaimResult } from './session-store.ts'
import type { Surroundings } from './surroundings.ts'
import { uniqueId } from './unique-id.ts'

/** A lease is stale when its renewals have not moved for this long by the clock of whoever waits. */
export const LEASE_TTL_MS = 60_000

/** What is asked of whoever has the turn: to end it, and maybe to take back what it wrote. */
export type Demand = 'interrupt' | 'rollback'

/** Who stands in a lease: whoever has the turn, or whoever waits for its end and what is asked until then. */
export interface LeaseHolder {
  readonly asker: string
  readonly demand: Demand | undefined
  /** Whose turn it is. */
  readonly holder: string
}

/** One turn's way to the lease of its session. */
export class TurnClaims {
  readonly owner: string
  readonly #sessionId: string
  readonly #around: Surroundings

  constructor(sessionId: string, around: Surroundings) {
    this.owner = `${around.scope.id}/${uniqueId()}`
    this.#sessionId = sessionId
    this.#around = around
  }

  /** The answer to a claim may be lost; the second one gets the same. */
  claim(signal: AbortSignal, force = false, owner: string = this.owner): Promise<TurnClaimResult> {
    const ask = () => this.#around.store.claimTurn(this.#sessionId, { owner, ttlMs: LEASE_TTL_MS, force }, { signal })
    return ask().catch(error => {
      if (signal.aborted) throw error
      return ask()
    })
  }

  /** A release that fails leaves a lease that the next one to get the lock finds stale. */
  release(token: bigint): void {
    this.#around.store.releaseTurn(this.#sessionId, token).catch(() => {})
  }

  /** Who stands in the lease; a look makes a live holder renew. */
  async look(signal: AbortSignal): Promise<TurnClaimResult> {
    const answer = await this.claim(signal, false, `${this.owner}?`)
    if ('fencingToken' in answer) this.release(answer.fencingToken)
    return answer
  }

  /**
   * Claims, and fences whoever has the turn: in its place comes a claim that tells it what is asked, and that it gives
   * up when it has done so.
   */
  async demand(demand: Demand, signal: AbortSignal): Promise<TurnClaimResult> {
    const answer = await this.claim(signal)
    if ('fencingToken' in answer) return answer
    const { asker, holder } = parseHolder(answer.heldBy)
    if (asker !== this.owner) await this.claim(signal, true, `${this.owner} ${demand} ${holder}`)
    return answer
  }

  /** What is asked of this turn, which was lost, and the token by which to do it and to give it up. */
  async asked(signal: AbortSignal): Promise<{ readonly demand: Demand; readonly fencingToken: bigint } | undefined> {
    const seen = await this.look(signal)
    if ('fencingToken' in seen) return undefined
    const { demand, holder } = parseHolder(seen.heldBy)
    if (demand === undefined || holder !== this.owner) return undefined
    const answer = await this.claim(signal, false, seen.heldBy)
    return 'fencingToken' in answer ? { demand, ...answer } : undefined
  }
}

export function parseHolder(heldBy: string): LeaseHolder {
  const [asker = '', demand, holder = asker] = heldBy.split(' ')
  return { asker, demand: demand as Demand | undefined, holder }
}
