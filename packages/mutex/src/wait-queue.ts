import {
  type AcquireOptions,
  checkAcquireOptions,
  checkNumber,
  checkObject,
  type LockOptions,
  refuse,
} from './acquire-options.ts'
import { arrivalTime } from './arrival-time.ts'
import { findDeadlock, track } from './deadlock.ts'
import { DeadlockError, LockCanceledError, LockTimeoutError, QueueFullError } from './errors.ts'
import { Lines } from './lines.ts'
import { notify } from './notify.ts'
import { Ticket } from './ticket.ts'
import { startTimer } from './timer.ts'

/** More permits than there will be holders: who shares takes one, who excludes takes all. */
export const ALL: number = 2 ** 30
/** What one step of priority is worth: a hair under a second, so that of two equals the first to come goes first. */
const STEP_MS = 999.999_999

/**
 * What every lock of this package is: a number of permits and a strict queue for them. A mutex has
 * one permit; a read-write lock so many that a reader takes one and a writer all.
 *
 * Permits pass from a holder to the next waiter and are never free in between. A waiter learns of it
 * through a promise made in its own call, which keeps its async context, and bounds the stack however
 * many sections follow each other.
 */
export class WaitQueue {
  readonly name: string
  readonly maxPending: number
  capacity: number
  free: number
  pending = 0
  /** Whether all who hold are listed; else only those whose owner is known. */
  rollCall = false
  /** Those who hold, in order. */
  readonly holders: Ticket = new Ticket(this, Infinity)
  readonly waiters: Lines = new Lines(new Ticket(this, Infinity))
  readonly #signals = new Map<AbortSignal, Set<Ticket>>()

  constructor(kind: string, capacity: number, options: LockOptions = {}) {
    checkObject('options', options)
    const { name = kind, maxPending = Infinity } = options
    if (typeof name !== 'string') refuse('name', name, 'a string')
    // `Infinity % 1` is NaN, which is no remainder either.
    checkNumber('maxPending', maxPending, max => max >= 0 && !(max % 1), 'an integer >= 0')
    this.name = name
    this.maxPending = maxPending
    this.capacity = capacity
    this.free = capacity
  }

  /** Whether permits could be taken now: none are, while somebody waits. */
  allows(weight: number): boolean {
    return this.pending === 0 && this.free >= (weight || 1)
  }

  /** A ticket that holds, if that is possible now. Throws when the options are wrong or the signal is aborted. */
  enter(weight: number, options: AcquireOptions | undefined): Ticket | undefined {
    if (options !== undefined) checkAcquireOptions(options)
    options?.signal?.throwIfAborted()
    return this.allows(weight) ? this.hold(new Ticket(this, weight, options?.owner)) : undefined
  }

  /**
   * A ticket that holds once its turn comes. To be called when {@link WaitQueue.enter} gave none.
   * `leftMs` is what is left of a `timeoutMs` that bounds several waits.
   */
  wait(weight: number, options?: AcquireOptions, leftMs?: number): Promise<Ticket> {
    // Who waits for the lock to be idle goes last and is not counted.
    const priority = weight > 0 ? (options?.priority ?? 0) : -Infinity
    const rank = arrivalTime(priority !== 0 || !this.waiters.plain) - priority * STEP_MS
    const ticket = new Ticket(this, weight, options?.owner, rank)
    if (weight > 0) this.pending++
    this.waiters.add(ticket, priority)
    const promise = new Promise<Ticket>(resolve => {
      ticket.settle = resolve
    })
    // It may go before one that waits for more permits than are free, and there may be enough for it.
    if (!this.waiters.plain) this.admit()
    if (ticket.settle) this.#bound(ticket, options, leftMs)
    return promise
  }

  /** Makes a ticket a holder, whether there are permits for it or not. */
  hold(ticket: Ticket): Ticket {
    this.free -= ticket.weight
    if (ticket.owner !== undefined || this.rollCall) ticket.follow(this.holders.prev)
    notify?.('acquire', ticket)
    return ticket
  }

  /** Gives permits back, and lets in whom they are enough for. */
  release(weight: number): void {
    this.free += weight
    this.admit()
  }

  /** Lets in whoever is next, as long as there are permits enough. */
  admit(): void {
    for (let next = this.waiters.first(); (next.weight || 1) <= this.free; next = this.waiters.first()) {
      // Aborted a moment ago: a listener that was there before ours has released the lock.
      if (next.signal?.aborted) this.#refuse(next, next.signal.reason)
      else {
        this.#settle(next, next)
        this.hold(next)
      }
    }
  }

  /** Refuses everybody who waits, each with an error of its own. */
  cancel(cause: unknown): number {
    const waiters = this.waiters.inOrder().filter(ticket => ticket.weight > 0)
    for (const ticket of waiters)
      this.#refuse(ticket, new LockCanceledError(`The wait for ${this.name} was canceled`, { cause }))
    this.admit()
    return waiters.length
  }

  /** The listener for all signals: once for each, however many wait with it. */
  handleEvent({ target }: Event): void {
    const signal = target as AbortSignal
    for (const ticket of this.#signals.get(signal) ?? []) this.#refuse(ticket, signal.reason)
    this.admit()
  }

  #bound(ticket: Ticket, options?: AcquireOptions, leftMs: number = options?.timeoutMs ?? Infinity): void {
    notify?.('wait', ticket)
    if (leftMs === 0) this.#expire(ticket, options)
    else if (this.pending > this.maxPending)
      this.#refuse(ticket, new QueueFullError(`${this.maxPending} wait for ${this.name} already`))
    if (!options || !ticket.settle) return
    const cycle = ticket.owner !== undefined && findDeadlock(ticket)
    if (cycle) {
      this.#refuse(ticket, new DeadlockError(cycle))
      return
    }
    startTimer(ticket, leftMs, () => this.#expire(ticket, options))
    const { signal } = options
    if (!signal) return
    ticket.signal = signal
    signal.addEventListener('abort', this)
    this.#signals.set(signal, (this.#signals.get(signal) ?? new Set()).add(ticket))
  }

  #expire(ticket: Ticket, options?: AcquireOptions): void {
    this.#refuse(ticket, new LockTimeoutError(`${this.name} was not free within ${options?.timeoutMs} ms`))
    this.admit()
  }

  #refuse(ticket: Ticket, reason: unknown): void {
    // A hook may have let it in by now.
    if (!ticket.settle) return
    this.#settle(ticket, Promise.reject(reason))
    track(ticket, false)
    notify?.('refuse', ticket, reason)
  }

  /** Takes a ticket out of the queue, with all that was set up for it, and ends its wait. */
  #settle(ticket: Ticket, outcome: Ticket | Promise<never>): void {
    const { settle, signal, timer, weight } = ticket
    ticket.settle = undefined
    ticket.leave()
    if (weight > 0) this.pending--
    if (timer) clearTimeout(timer)
    if (signal) {
      const tickets = this.#signals.get(signal)
      tickets?.delete(ticket)
      if (tickets?.size === 0) {
        this.#signals.delete(signal)
        signal.removeEventListener('abort', this)
      }
    }
    settle?.(outcome)
  }
}
