import { SessionBusyError } from './errors.ts'
import type { RecordContent } from './session-record.ts'
import type { Change } from './session-store.ts'
import type { Surroundings } from './surroundings.ts'
import { GRACE_MS, LEASE_TTL_MS, type Lease } from './turn-lease.ts'

/** Renewed often enough that a timer throttled to one a minute is not the only thing between it and stale. */
const RENEW_MS = LEASE_TTL_MS / 4
/** News of the session makes a holder renew, at most this often. */
const RENEW_AT_MOST_MS = 500

interface TurnGrant {
  readonly lease: Lease
  readonly owner: unknown
  readonly start: RecordContent
  readonly onFree: () => void
}

/** One turn that was granted, from then until it is over. */
export class Turn {
  readonly owner: unknown
  /** What the session held when it began. */
  readonly start: RecordContent
  /** Its writes carry this token until it has ended in order. */
  readonly fence: { token: bigint | undefined; readonly written: Change[] }
  readonly fencingToken: bigint
  readonly #controller = new AbortController()
  readonly #id: string | null
  readonly #lease: Lease
  readonly #around: Surroundings
  readonly #onFree: () => void
  #renewal: unknown
  #grace: unknown
  #renewedAt = 0
  #isLost = false
  #isFree = false

  constructor(id: string | null, { lease, owner, start, onFree }: TurnGrant, around: Surroundings) {
    this.#id = id
    this.#lease = lease
    this.#around = around
    this.#onFree = onFree
    this.owner = owner
    this.start = start
    this.fence = { token: lease.fencingToken, written: [] }
    this.fencingToken = lease.fencingToken ?? 0n
    around.events.emit('turn-started', { id, owner, fencingToken: this.fencingToken })
    this.#scheduleRenewal()
  }

  /** Aborted when the turn is to end: interrupted, switched away from, or taken over. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get isFree(): boolean {
    return this.#isFree
  }

  /** Asks it to end, for as long as it takes. */
  abort(reason: unknown): void {
    this.#controller.abort(reason)
  }

  /** Aborts the turn; when it has not ended a second later, the next one starts and its writes are refused. */
  interrupt(reason: unknown): void {
    this.abort(reason)
    this.#grace ??= this.#around.clock.setTimeout(() => {
      this.#isLost = true
      this.#free()
    }, GRACE_MS)
  }

  /** It has ended: what it still has to write belongs to the session now. */
  end(): void {
    if (!this.#isLost) this.fence.token = undefined
    this.#free()
  }

  /** Tells the store that this turn is alive, and finds out whether it still is this turn. */
  renew(): void {
    const { store, clock } = this.#around
    const { fencingToken } = this.#lease
    const now = clock.now()
    if (this.#isFree || this.#id === null || fencingToken === undefined) return
    if (now - this.#renewedAt < RENEW_AT_MOST_MS) return
    this.#renewedAt = now
    store.renewTurn(this.#id, fencingToken).then(
      isMine => {
        if (isMine || this.#isFree) return
        this.#isLost = true
        this.interrupt(new SessionBusyError('the turn was taken over'))
      },
      () => {}, // The store cannot now; the next renewal may.
    )
  }

  #scheduleRenewal(): void {
    if (this.#lease.fencingToken === undefined) return
    this.#renewal = this.#around.clock.setTimeout(() => {
      this.renew()
      this.#scheduleRenewal()
    }, RENEW_MS)
  }

  #free(): void {
    if (this.#isFree) return
    this.#isFree = true
    const { clock, events } = this.#around
    clock.clearTimeout(this.#renewal)
    clock.clearTimeout(this.#grace)
    this.#lease.release()
    this.#onFree()
    events.emit('turn-ended', { id: this.#id, owner: this.owner, fencingToken: this.fencingToken })
  }
}
