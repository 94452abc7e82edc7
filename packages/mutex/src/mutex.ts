import type { AcquireOptions, LockOptions } from './acquire-options.ts'
import type { LockGuard } from './lock-guard.ts'
import { notify } from './notify.ts'
import { acquireGuard, runSection, runThenLeave, tryGuard } from './section.ts'
import { WaitQueue } from './wait-queue.ts'

/**
 * Lets one async section in at a time, in the order in which they came.
 *
 * A section that throws or rejects frees the lock and disturbs no other. The lock is
 * handed to the next waiter and never free in between, so nobody overtakes.
 * A wait can be bounded by `signal`, `timeoutMs` and `cancel()`; a holder cannot be
 * evicted. Not re-entrant: a section that waits for its own lock waits for
 * ever, unless both calls name the same `owner`, which is a {@link DeadlockError}.
 *
 * @example
 * ```ts
 * import { Mutex } from '@x/mutex'
 *
 * const mutex = new Mutex()
 * let balance = 100
 * async function withdraw(amount: number) {
 *   const before = balance
 *   await Promise.resolve() // the other call would read the same balance here
 *   balance = before - amount
 * }
 * await Promise.all([mutex.runExclusive(() => withdraw(10)), mutex.runExclusive(() => withdraw(20))])
 * balance // => 70
 * ```
 */
export class Mutex {
  readonly #queue: WaitQueue
  readonly #leave = <T>(value: T): T => {
    this.#queue.release(1)
    return value
  }
  readonly #fail = (error: unknown): never => {
    throw this.#leave(error)
  }

  constructor(options?: LockOptions) {
    this.#queue = new WaitQueue('mutex', 1, options)
  }

  /** What errors call this lock: the name it was given, or `mutex`. */
  get name(): string {
    return this.#queue.name
  }

  /** How many callers wait; the holder is not among them. */
  get pending(): number {
    return this.#queue.pending
  }

  /** Whether somebody holds the lock, or waits for it. */
  isLocked(): boolean {
    return this.#queue.free === 0
  }

  /**
   * Waits for the lock and gives the guard that releases it: best with `using`.
   *
   * Cancel safety: a wait that ended by `signal`, `timeoutMs` or `cancel()` never
   * acquires later.
   *
   * @throws {@link LockTimeoutError} after `timeoutMs`; {@link LockCanceledError} on `cancel()`;
   * {@link QueueFullError} beyond `maxPending`; {@link DeadlockError} on a circle of owners;
   * `signal.reason` when aborted.
   *
   * @example
   * ```ts
   * import { Mutex } from '@x/mutex'
   *
   * const mutex = new Mutex()
   * {
   *   using guard = await mutex.acquire()
   *   guard.released // => false
   *   mutex.isLocked() // => true
   * }
   * mutex.isLocked() // => false
   * ```
   */
  acquire(options?: AcquireOptions): Promise<LockGuard> {
    return acquireGuard(this.#queue, 1, options)
  }

  /** Takes the lock if it is free now, or gives `undefined`. */
  tryAcquire(options?: { readonly owner?: unknown }): LockGuard | undefined {
    return tryGuard(this.#queue, 1, options)
  }

  /**
   * Runs `fn` while it holds the lock, and gives what `fn` gives.
   *
   * On a free lock `fn` has started when the call returns, as the body of an async function
   * has; on a taken one it starts in its turn, in its caller's async context. The section
   * ends when what `fn` returned has settled. A synchronous throw is a rejection.
   *
   * @throws what {@link Mutex.acquire} throws, and what `fn` throws.
   *
   * @example One save at a time, and nobody waits for it longer than a second
   * ```ts
   * import { Mutex } from '@x/mutex'
   *
   * const mutex = new Mutex({ name: 'profile' })
   * const save = (text: string) => mutex.runExclusive(async () => text.length, { timeoutMs: 1000 })
   * await Promise.all([save('a'), save('bcd')]) // => [1, 3]
   * ```
   */
  runExclusive<T>(fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    const queue = this.#queue
    if (options !== undefined || notify) return runSection(queue, 1, fn, options)
    if (!queue.allows(1))
      // Whoever watches by now has seen it come in, and is to see it leave.
      return queue.wait(1).then(ticket => runThenLeave(fn, notify ? () => ticket.release() : this.#leave))
    queue.free = 0
    // No ticket, and no async function of our own: it would double the cost of the call.
    try {
      return Promise.resolve(fn()).then(this.#leave, this.#fail)
    } catch (error) {
      return Promise.reject(this.#leave(error))
    }
  }

  /**
   * Resolves the next time nobody holds the lock or waits for it; at once when that is now.
   * It takes no place in the queue, is not `pending`, and `cancel()` leaves it alone. By the time
   * the caller goes on, somebody may have come: to act on a free lock, take it.
   *
   * @throws {@link LockTimeoutError} after `timeoutMs`; `signal.reason` when aborted.
   */
  waitForUnlock(options?: AcquireOptions): Promise<void> {
    return runSection(this.#queue, 0, () => {}, options)
  }

  /**
   * Rejects everybody who waits, each with a {@link LockCanceledError} of its own whose `cause` is
   * the reason, and returns how many. The holder goes on.
   */
  cancel(reason?: unknown): number {
    return this.#queue.cancel(reason)
  }
}
