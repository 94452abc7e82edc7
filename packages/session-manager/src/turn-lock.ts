import { type LockGuard, Mutex } from '@x/mutex'
import { SessionBusyError } from './errors.ts'
import type { RecordContent } from './session-record.ts'
import type { Surroundings } from './surroundings.ts'
import { Turn } from './turn.ts'
import { type Lease, type LeaseMode, takeLease } from './turn-lease.ts'
import { bounded } from './wait.ts'

/** What a turn does when the session has one already. */
export type BusyPolicy = 'enqueue' | 'reject' | 'interrupt' | 'rollback'

/** How to wait for a turn. */
export interface TurnOptions {
  /**
   * `enqueue` waits, `reject` does not, `interrupt` aborts the turn that runs and starts when it has settled or
   * after a second, `rollback` takes back what it wrote as well.
   * @defaultValue 'enqueue'
   */
  readonly onBusy?: BusyPolicy | undefined
  /** Bounds the wait, in milliseconds; 0 is now or never. @defaultValue Infinity */
  readonly timeoutMs?: number | undefined
  /** Ends the wait; during the turn it aborts the turn's own signal. */
  readonly signal?: AbortSignal | undefined
  /** Who asks, compared with `===`: a wait that would close a circle is refused at once. */
  readonly owner?: unknown
}

/** A priority ahead of any wait. */
const FIRST = 1e9

/** Who has the turn of a session, and who is next: first come, first served, but for those who interrupt. */
export class TurnLock {
  readonly #id: string | null
  readonly #around: Surroundings
  readonly #content: () => RecordContent
  readonly #mutex: Mutex
  #active: Turn | undefined
  /** How many wait to take the turn from whoever has it. */
  #preempting = 0

  /** `null`: the lock of those who have no session yet; it is not kept in the store. */
  constructor(id: string | null, around: Surroundings, content: () => RecordContent) {
    this.#id = id
    this.#around = around
    this.#content = content
    this.#mutex = new Mutex({ name: `the turn of session ${id}` })
  }

  get active(): Turn | undefined {
    return this.#active
  }

  isLocked(): boolean {
    return this.#mutex.isLocked()
  }

  /** Resolves when nobody here has the turn or waits for it. */
  waitForUnlock(): Promise<void> {
    return this.#mutex.waitForUnlock()
  }

  /** The store has news of the session: a holder shows that it is alive, or learns that it was taken over. */
  onNotice(): void {
    this.#active?.renew()
  }

  /**
   * @throws {@link SessionBusyError} when the wait is over, or at once with `reject`.
   * @throws DeadlockError of `@x/mutex` for a circle of owners.
   */
  async acquire({ onBusy = 'enqueue', timeoutMs = Infinity, signal, owner }: TurnOptions = {}): Promise<Turn> {
    const busy = (): SessionBusyError => new SessionBusyError(`session "${this.#id}" has a turn`)
    const mode: LeaseMode =
      onBusy === 'interrupt' || onBusy === 'rollback' ? 'preempt' : timeoutMs === 0 ? 'reject' : onBusy
    const { clock, events, disposed } = this.#around
    if (this.isLocked()) {
      events.emit('turn-waiting', { id: this.#id, owner })
      if (mode === 'reject') throw busy()
    }
    const bounds = { signals: [signal, disposed], timeoutMs: timeoutMs || Infinity, clock, onTimeout: busy }
    return bounded(bounds, async wait => {
      const guard = await this.#enter(mode, owner, wait)
      try {
        return this.#start(await this.#lease(mode, wait), guard, owner)
      } catch (error) {
        guard.release()
        throw error
      }
    })
  }

  async #enter(mode: LeaseMode, owner: unknown, signal: AbortSignal): Promise<LockGuard> {
    if (mode !== 'preempt') return this.#mutex.acquire({ signal, owner })
    this.#preempting++
    this.#active?.interrupt(new SessionBusyError('the turn was interrupted by a later one'))
    try {
      return await this.#mutex.acquire({ signal, owner, priority: FIRST })
    } finally {
      this.#preempting--
    }
  }

  #lease(mode: LeaseMode, signal: AbortSignal): Promise<Lease> | Lease {
    return this.#id === null ? NO_LEASE : takeLease(this.#id, mode, this.#around, signal)
  }

  #start(lease: Lease, guard: LockGuard, owner: unknown): Turn {
    const onFree = (): void => {
      this.#active = undefined
      guard.release()
    }
    const turn = new Turn(this.#id, { lease, owner, start: this.#content(), onFree }, this.#around)
    this.#active = turn
    if (this.#preempting > 0) turn.interrupt(new SessionBusyError('the turn was interrupted by a later one'))
    return turn
  }
}

const NO_LEASE: Lease = { fencingToken: undefined, release() {} }
