import type { AcquireOptions, LockOptions } from './acquire-options.ts'
import { Guard, type LockGuard } from './lock-guard.ts'
import { acquireGuard, acquireTicket, runSection, tryGuard } from './section.ts'
import type { Ticket } from './ticket.ts'
import { ALL, WaitQueue } from './wait-queue.ts'

/** The guard of a writer. */
export interface WriteGuard extends LockGuard {
  /** Goes on as a reader, with nobody in between: other readers come in, and what was written stands. */
  downgrade(): void
}

/**
 * Lets any number of readers in together, and a writer alone.
 *
 * Fair to both: they go in the order in which they came, so that a reader does not pass a waiting
 * writer, and no stream of either kind starves the other. There is no upgrade from reader
 * to writer: two readers that wait for it would wait for each other.
 *
 * @example
 * ```ts
 * import { ReadWriteLock } from '@x/mutex'
 *
 * const lock = new ReadWriteLock()
 * const settings = new Map([['theme', 'light']])
 * const read = () => lock.runRead(async () => settings.get('theme'))
 * const write = (theme: string) => lock.runWrite(async () => void settings.set('theme', theme))
 *
 * await Promise.all([read(), read(), write('dark'), read()]) // => ['light', 'light', undefined, 'dark']
 * ```
 */
export class ReadWriteLock {
  readonly #queue: WaitQueue

  constructor(options?: LockOptions) {
    this.#queue = new WaitQueue('read-write lock', ALL, options)
  }

  /** What errors call this lock: the name it was given, or `read-write lock`. */
  get name(): string {
    return this.#queue.name
  }

  /** How many callers wait, of both kinds. */
  get pending(): number {
    return this.#queue.pending
  }

  /** Whether somebody reads, writes or waits. */
  isLocked(): boolean {
    return !this.#queue.allows(ALL)
  }

  /**
   * Waits until no writer is inside or ahead.
   *
   * @throws what {@link Mutex.acquire} throws. To read again behind a waiting writer, with the same owner, is a {@link DeadlockError}.
   */
  acquireRead(options?: AcquireOptions): Promise<LockGuard> {
    return acquireGuard(this.#queue, 1, options)
  }

  /**
   * Waits until nobody is inside or ahead.
   *
   * @throws what {@link Mutex.acquire} throws.
   */
  async acquireWrite(options?: AcquireOptions): Promise<WriteGuard> {
    return new Writer(await acquireTicket(this.#queue, ALL, options))
  }

  /** Reads if no writer is inside or waits, or gives `undefined`. */
  tryAcquireRead(options?: { readonly owner?: unknown }): LockGuard | undefined {
    return tryGuard(this.#queue, 1, options)
  }

  /** Writes if nobody is inside, or gives `undefined`. */
  tryAcquireWrite(options?: { readonly owner?: unknown }): WriteGuard | undefined {
    const ticket = this.#queue.enter(ALL, options)
    return ticket && new Writer(ticket)
  }

  /** Runs `fn` among the readers: within the call when no writer is inside or waits. */
  runRead<T>(fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    return runSection(this.#queue, 1, fn, options)
  }

  /** Runs `fn` alone: within the call when nobody is inside. */
  runWrite<T>(fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    return runSection(this.#queue, ALL, fn, options)
  }

  /** Rejects everybody who waits with a {@link LockCanceledError}, and returns how many. Holders go on. */
  cancel(reason?: unknown): number {
    return this.#queue.cancel(reason)
  }
}

class Writer extends Guard implements WriteGuard {
  readonly #ticket: Ticket

  constructor(ticket: Ticket) {
    super([ticket])
    this.#ticket = ticket
  }

  downgrade(): void {
    const { queue, weight } = this.#ticket
    if (this.released) return
    this.#ticket.weight = 1
    queue.release(weight - 1)
  }
}
