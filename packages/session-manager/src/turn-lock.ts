import { type LockGuard, Mutex } from '@x/mutex'
import { checkOneOf, checkSignal } from './check-option.ts'
import { SessionBusyError, toStoreError } from './errors.ts'
import type { Surroundings } from './surroundings.ts'
import { Turn, type TurnSession } from './turn.ts'
import { type Lease, type LeaseMode, type LeaseRequest, takeLease } from './turn-lease.ts'
import { bounded, checkDuration } from './wait.ts'

export const BUSY_POLICIES = ['enqueue', 'reject', 'interrupt', 'rollback'] as const
/** What a turn does when the session has one already. */
export type BusyPolicy = (typeof BUSY_POLICIES)[number]

/** How to wait for a turn. */
export interface TurnOptions {
  /**
   * `enqueue` waits, `reject` does not, `interrupt` aborts the turn that runs and starts when it has settled or
   * after a second, `rollback` takes back what it wrote as well, wherever it runs, unless it is frozen or gone.
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

/** Priorities ahead of any wait: of who takes the turn from others, and of who has let somebody through. */
const FIRST = 1e9
const SECOND = 1e6

/** Who has the turn of a session, and who is next: first come, first served, but for those who interrupt. */
export class TurnLock {
  readonly #id: string | null
  readonly #around: Surroundings
  readonly #session: TurnSession
  readonly #mutex: Mutex
  #active: Turn | undefined
  /** How many wait to take the turn from whoever has it. */
  #preempting = 0
  /** Ends the wait of whoever is next here while somebody elsewhere has the turn. */
  #stepAside: (() => void) | undefined

  /** `null`: the lock of those who have no session yet; it is not kept in the store. */
  constructor(id: string | null, around: Surroundings, session: TurnSession) {
    this.#id = id
    this.#around = around
    this.#session = session
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
    checkOneOf('onBusy', onBusy, BUSY_POLICIES)
    checkDuration('timeoutMs', timeoutMs)
    checkSignal(signal)
    const busy = (): SessionBusyError => new SessionBusyError(`session "${this.#id}" has a turn`)
    const mode: LeaseMode = timeoutMs === 0 ? 'reject' : onBusy
    const { clock, events, disposed } = this.#around
    let isWaiting = false
    const onWait = (): void => {
      if (!isWaiting) events.emit('turn-waiting', { id: this.#id, owner })
      isWaiting = true
    }
    // Now or never is decided by `mode`: what it takes to look is not a wait.
    const bounds = { signals: [signal, disposed], timeoutMs: timeoutMs || Infinity, clock, onTimeout: busy }
    try {
      if (this.isLocked()) {
        onWait()
        if (mode === 'reject') throw busy()
      }
      return await bounded(bounds, wait => this.#take({ mode, owner, onWait }, wait))
    } catch (error) {
      if (isWaiting) events.emit('turn-abandoned', { id: this.#id, owner })
      throw error === disposed.reason ? toStoreError(error) : error
    }
  }

  async #take(request: LeaseRequest, wait: AbortSignal): Promise<Turn> {
    for (let priority: number | undefined; ; priority = SECOND) {
      const guard = await this.#enter(request, priority, wait)
      try {
        const lease = await this.#lease(request, wait)
        if (lease) return await this.#start(lease, guard, request.owner, wait)
      } catch (error) {
        guard.release()
        throw error
      }
      guard.release()
    }
  }

  async #enter({ mode, owner }: LeaseRequest, priority: number | undefined, signal: AbortSignal): Promise<LockGuard> {
    if (mode === 'enqueue' || mode === 'reject') return this.#mutex.acquire({ signal, owner, priority: priority ?? 0 })
    this.#preempting++
    this.#active?.interrupt(new SessionBusyError('the turn was interrupted by a later one'))
    this.#stepAside?.()
    try {
      return await this.#mutex.acquire({ signal, owner, priority: FIRST })
    } finally {
      this.#preempting--
    }
  }

  /** `undefined` when somebody who does not wait for the turn, but takes it, is to be let through. */
  async #lease(request: LeaseRequest, wait: AbortSignal): Promise<Lease | undefined> {
    if (this.#id === null) return NO_LEASE
    const aside = new AbortController()
    if (request.mode === 'enqueue') this.#stepAside = () => aside.abort()
    const bounds = { signals: [wait, aside.signal], timeoutMs: Infinity, clock: this.#around.clock }
    const onTimeout = (): undefined => undefined
    try {
      const id = this.#id
      return await bounded({ ...bounds, onTimeout }, signal => takeLease(id, request, this.#around, signal))
    } catch (error) {
      if (aside.signal.aborted && !wait.aborted) return undefined
      throw error
    } finally {
      this.#stepAside = undefined
    }
  }

  async #start(lease: Lease, guard: LockGuard, owner: unknown, wait: AbortSignal): Promise<Turn> {
    const onFree = (): void => {
      this.#active = undefined
      guard.release()
    }
    const turn = new Turn(this.#id, { lease, owner, session: this.#session, onFree }, this.#around)
    this.#active = turn
    if (this.#preempting > 0) turn.interrupt(new SessionBusyError('the turn was interrupted by a later one'))
    await turn.begin(wait)
    if (wait.aborted) turn.end()
    wait.throwIfAborted()
    return turn
  }
}

const NO_LEASE: Lease = { fencingToken: undefined, async handOver() {}, release() {} }
