import type { LockLike, LockManagerLike } from './lock-manager-like.ts'
import { type LockGrantedCallback, type LockRequestOptions, readRequest } from './lock-request.ts'
import { Ticket } from './ticket.ts'
import { ALL, WaitQueue } from './wait-queue.ts'

/** One lock of a {@link LockManagerSnapshot}. */
export interface LockInfo extends LockLike {
  /** The same for all locks of one manager. */
  readonly clientId: string
}

/** Who holds and who waits, in order. */
export interface LockManagerSnapshot {
  held: LockInfo[]
  pending: LockInfo[]
}

/**
 * The Web Locks API in process: what `navigator.locks` is to the tabs of an origin, an instance
 * of this is to all that share it, in Node, Deno, Bun, a worker or a test. The same calls and the
 * same errors, with `timeoutMs` and `owner` on top.
 *
 * A request never calls back within the call, not even on a free lock, as the specification
 * demands. A name that nobody holds or waits for takes no memory.
 *
 * @see https://w3c.github.io/web-locks/ for the algorithms, which are followed by the letter.
 *
 * @example
 * ```ts
 * import { LockManager } from '@x/mutex'
 *
 * const locks = new LockManager()
 * await locks.request('report', async lock => lock?.mode) // => 'exclusive'
 *
 * const nested = locks.request('report', { mode: 'shared' }, () =>
 *   locks.request('report', { ifAvailable: true }, lock => lock),
 * )
 * await nested // => null
 * ```
 */
export class LockManager implements LockManagerLike {
  readonly #queues = new Map<string, WaitQueue>()
  /** How to tell a holder that its lock was stolen. */
  readonly #thefts = new Map<Ticket, (error: unknown) => void>()
  readonly #clientId: string = Math.random().toString(36).slice(2)

  /**
   * Calls back once the lock is held, and holds it until what the callback returns has settled.
   *
   * @throws {@link DOMException} `NotSupportedError` for a name that starts with `-` or options that
   * exclude each other, `AbortError` when the lock is stolen; `TypeError` for an argument of a wrong type;
   * `signal.reason` when aborted; {@link LockTimeoutError} after `timeoutMs`; {@link DeadlockError} on a circle of owners.
   */
  request<T>(name: string, callback: LockGrantedCallback<T>): Promise<Awaited<T>>
  request<T>(name: string, options: LockRequestOptions, callback: LockGrantedCallback<T>): Promise<Awaited<T>>
  async request<T>(...args: unknown[]): Promise<Awaited<T>> {
    const { name, mode, ifAvailable, steal, wait, callback } = readRequest<T>(args)
    const weight = mode === 'shared' ? 1 : ALL
    const queue = this.#queueOf(name)
    if (steal) this.#evict(queue)
    const entered = steal ? queue.hold(new Ticket(queue, weight, wait.owner)) : queue.enter(weight, wait)
    const ticket = await (entered ?? (ifAvailable ? undefined : queue.wait(weight, wait)))
    if (ticket === undefined) return await callback(null)
    const stolen = new Promise<never>((_, reject) => {
      this.#thefts.set(ticket, reject)
      if (ticket.released) reject(theft(name))
    })
    return await Promise.race([stolen, this.#run(ticket, Object.freeze({ name, mode }), callback, wait.signal)])
  }

  /** Tells who holds and who waits. */
  async query(): Promise<LockManagerSnapshot> {
    const clientId = this.#clientId
    const info = ({ queue, weight }: Ticket): LockInfo => ({
      name: queue.name,
      mode: weight === 1 ? 'shared' : 'exclusive',
      clientId,
    })
    const queues = [...this.#queues.values()]
    return {
      held: queues.flatMap(queue => queue.holders.ring().map(info)),
      pending: queues.flatMap(queue => queue.waiters.inOrder().map(info)),
    }
  }

  async #run<T>(
    ticket: Ticket,
    lock: LockLike,
    callback: LockGrantedCallback<T>,
    signal: AbortSignal | undefined,
  ): Promise<Awaited<T>> {
    const { queue } = ticket
    try {
      // Aborted after the grant and before the callback: the specification lets the signal win.
      signal?.throwIfAborted()
      return await callback(lock)
    } finally {
      this.#thefts.delete(ticket)
      ticket.release()
      if (queue.free === ALL && this.#queues.get(lock.name) === queue) this.#queues.delete(lock.name)
    }
  }

  /** Takes the lock from its holders and lets nobody in. */
  #evict(queue: WaitQueue): void {
    for (const ticket of queue.holders.ring()) {
      ticket.withdraw()
      this.#thefts.get(ticket)?.(theft(queue.name))
    }
  }

  #queueOf(name: string): WaitQueue {
    let queue = this.#queues.get(name)
    if (queue === undefined) {
      queue = new WaitQueue(name, ALL)
      queue.rollCall = true
      this.#queues.set(name, queue)
    }
    return queue
  }
}

function theft(name: string): DOMException {
  return new DOMException(`The lock "${name}" was stolen`, 'AbortError')
}
