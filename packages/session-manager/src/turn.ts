import { SessionBusyError } from './errors.ts'
import { ignore } from './ignore.ts'
import type { Fence } from './optimistic-session.ts'
import type { RecordContent } from './session-record.ts'
import type { TitleSource } from './session-store.ts'
import type { Surroundings } from './surroundings.ts'
import { LEASE_TTL_MS } from './turn-claims.ts'
import { GRACE_MS, type Lease } from './turn-lease.ts'
import { either } from './wait.ts'

/** Renewed often enough that a timer throttled to one a minute is not the only thing between it and stale. */
const RENEW_MS = LEASE_TTL_MS / 4
/** Who asks for the turn makes its holder renew: twice in this time, since who wants it to end asks and tells. */
const RENEW_TWICE_MS = 500

/** The session of a turn. */
export interface TurnSession {
  readonly content: TurnStart
  /** Resolves when what others have stored is there, or cannot be had now. */
  refresh(): Promise<void>
  /** Ends the writers that a turn has left open. */
  endWriters(fence: Fence): void
  /** Takes back what a turn has written; resolves when that is stored, or cannot be now. */
  takeBack(turn: Turn, fence?: Fence): Promise<void>
}

export interface TurnStart extends RecordContent {
  readonly titleSource: TitleSource
}

interface TurnGrant {
  readonly lease: Lease
  readonly owner: unknown
  readonly session: TurnSession
  readonly onFree: () => void
}

/** One turn that was granted, from then until it is over. */
export class Turn {
  readonly owner: unknown
  /** What the session held when it began. */
  start: TurnStart
  /** What its writes carry from now on. */
  fence: Fence
  readonly fencingToken: bigint
  readonly #controller = new AbortController()
  readonly #id: string | null
  readonly #lease: Lease
  readonly #around: Surroundings
  readonly #session: TurnSession
  readonly #onFree: () => void
  #renewal: unknown
  #grace: unknown
  /** The last time, and the time before. */
  #renewedAt: readonly [number, number] = [-Infinity, -Infinity]
  #isInterrupted = false
  /** Somebody else has it: its writes are refused. */
  isLost = false
  #isFree = false
  /** After the loss: what the next one has asked for, before it begins. */
  #handOver: Promise<void> | undefined

  constructor(id: string | null, { lease, owner, session, onFree }: TurnGrant, around: Surroundings) {
    this.#id = id
    this.#lease = lease
    this.#around = around
    this.#onFree = onFree
    this.owner = owner
    this.#session = session
    this.start = session.content
    this.fence = this.#newFence([])
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

  /** Nobody's work begins on less than the store has; a turn that is to end at once need not wait for that. */
  async begin(wait: AbortSignal): Promise<void> {
    await either(this.#session.refresh(), [this.signal, wait])
    this.start = this.#session.content
  }

  /** Asks it to end, for as long as it takes. */
  abort(reason: unknown): void {
    this.#controller.abort(reason)
  }

  /** Aborts the turn; when it has not ended a second later, the next one starts and its writes are refused. */
  interrupt(reason: unknown): void {
    this.#isInterrupted = true
    this.abort(reason)
    this.#grace ??= this.#around.clock.setTimeout(() => this.end(), GRACE_MS)
  }

  /** Aborts the turn, and does not wait for it. */
  close(reason: unknown): void {
    this.interrupt(reason)
    this.end()
  }

  /** The next turn would come into what its writers still write. */
  endWriters(): void {
    if (this.signal.aborted) this.#session.endWriters(this.fence)
  }

  /** It has ended: what is on its way belongs to the session now, what comes later only if nobody has told it to end. */
  end(): void {
    if (this.#isFree) return
    if (!this.isLost) {
      this.endWriters()
      this.fence.token = undefined
      if (this.signal.aborted) this.fence = this.#newFence(this.fence.written)
      this.fence.isClosed = this.#isInterrupted
    }
    this.#free()
  }

  /** Tells the store that this turn is alive, and finds out whether it still is this turn. */
  renew(): void {
    const { store, clock } = this.#around
    const { fencingToken } = this.#lease
    const now = clock.now()
    if (this.#isFree || this.#id === null || fencingToken === undefined) return
    const early = this.#renewedAt[1] + RENEW_TWICE_MS - now
    if (early > 0) {
      this.#scheduleRenewal(early)
      return
    }
    this.#renewedAt = [now, this.#renewedAt[0]]
    store.renewTurn(this.#id, fencingToken).then(
      isMine => {
        if (!isMine) this.#lose()
      },
      () => {}, // The store cannot now; the next renewal may.
    )
  }

  /** The store has told that a later turn was granted. */
  #lose(): void {
    if (this.#isFree || this.isLost) return
    this.isLost = true
    this.fence.isClosed = true
    this.interrupt(new SessionBusyError('the turn was taken over'))
    this.endWriters()
    const takeBack = (token: bigint): Promise<void> =>
      this.#session.takeBack(this, { token, isClosed: false, written: [], onRefused: ignore })
    this.#handOver = this.#lease.handOver(takeBack).catch(ignore)
  }

  #newFence(written: Fence['written']): Fence {
    return { token: this.#lease.fencingToken, isClosed: false, written, onRefused: () => this.#lose() }
  }

  #scheduleRenewal(ms = RENEW_MS): void {
    if (this.#lease.fencingToken === undefined) return
    const { clock } = this.#around
    clock.clearTimeout(this.#renewal)
    this.#renewal = clock.setTimeout(() => {
      this.#scheduleRenewal()
      this.renew()
    }, ms)
  }

  #free(): void {
    if (this.#isFree) return
    this.#isFree = true
    const { clock, events } = this.#around
    clock.clearTimeout(this.#renewal)
    clock.clearTimeout(this.#grace)
    const release = (): void => {
      this.#lease.release()
      this.#onFree()
      events.emit('turn-ended', { id: this.#id, owner: this.owner, fencingToken: this.fencingToken })
    }
    if (this.#handOver === undefined) release()
    else void this.#handOver.then(release)
  }
}
