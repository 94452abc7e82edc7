import { type AcquireOptions, checkAcquireOptions, type LockOptions } from './acquire-options.ts'
import { label } from './label.ts'
import { Guard, type LockGuard } from './lock-guard.ts'
import { acquireTicket } from './section.ts'
import { Ticket } from './ticket.ts'
import { WaitQueue } from './wait-queue.ts'

/** The lock of one key, as long as somebody uses it. */
interface Entry<Key> {
  readonly key: Key
  readonly queue: WaitQueue
  /** The place of the key in the one order in which several are taken. */
  readonly index: number
  users: number
}

/**
 * A mutex for each key, of which nothing is left when nobody uses it.
 *
 * Keys are of any type and compared as those of a `Map`. Several keys are taken in one order for all, so that two
 * callers that want the same keys cannot wait for each other.
 *
 * @example
 * ```ts
 * import { KeyedMutex } from '@x/mutex'
 *
 * const accounts = new KeyedMutex<string>()
 * const balances = new Map([['ann', 100], ['bob', 0]])
 * const transfer = (from: string, to: string, amount: number) =>
 *   accounts.runExclusiveAll([from, to], async () => {
 *     balances.set(from, (balances.get(from) ?? 0) - amount)
 *     balances.set(to, (balances.get(to) ?? 0) + amount)
 *   })
 * await Promise.all([transfer('ann', 'bob', 30), transfer('bob', 'ann', 10)])
 * balances.get('ann') // => 80
 * accounts.size // => 0
 * ```
 */
export class KeyedMutex<Key = unknown> {
  readonly #entries = new Map<Key, Entry<Key>>()
  /** What the lock of a key is like; none uses it. */
  readonly #pattern: WaitQueue
  #nextIndex = 0

  /** `maxPending` is for each key; errors call the lock of a key `name[key]`. */
  constructor(options?: LockOptions) {
    this.#pattern = new WaitQueue('keyed mutex', 1, options)
  }

  /** How many keys are held or waited for. */
  get size(): number {
    return this.#entries.size
  }

  /** Whether somebody holds the key, or waits for it. */
  isLocked(key: Key): boolean {
    return this.#entries.get(key)?.queue.allows(1) === false
  }

  /**
   * Waits for the key and gives its guard.
   *
   * @throws what {@link Mutex.acquire} throws.
   */
  acquire(key: Key, options?: AcquireOptions): Promise<LockGuard> {
    return this.acquireAll([key], options)
  }

  /**
   * Waits for all keys and gives one guard for them. A key that comes twice is taken once;
   * `timeoutMs` bounds the whole wait, and keys that were taken before it ended are given back.
   *
   * @throws what {@link Mutex.acquire} throws.
   */
  async acquireAll(keys: Iterable<Key>, options?: AcquireOptions): Promise<LockGuard> {
    const signal = options?.signal
    const taken = this.#take(keys, options)
    if (taken instanceof Guard) return taken
    const guard = await taken
    if (!signal?.aborted) return guard
    guard.release()
    throw signal.reason
  }

  /** Takes the key if it is free now, or gives `undefined`. */
  tryAcquire(key: Key, options?: { readonly owner?: unknown }): LockGuard | undefined {
    if (this.isLocked(key)) return undefined
    const taken = this.#take([key], options)
    return taken instanceof Guard ? taken : undefined
  }

  /**
   * Runs `fn` while it holds the key, and gives what `fn` gives: within the call when the key is free.
   *
   * @throws what {@link Mutex.acquire} throws, and what `fn` throws.
   */
  runExclusive<T>(key: Key, fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    return this.runExclusiveAll([key], fn, options)
  }

  /** Runs `fn` while it holds all keys: as {@link KeyedMutex.acquireAll} takes them. */
  async runExclusiveAll<T>(keys: Iterable<Key>, fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    const signal = options?.signal
    const taken = this.#take(keys, options)
    const guard = taken instanceof Promise ? await taken : taken
    try {
      signal?.throwIfAborted()
      return await fn()
    } finally {
      guard.release()
    }
  }

  #take(keys: Iterable<Key>, options: AcquireOptions = {}): Guard | Promise<Guard> {
    checkAcquireOptions(options)
    options.signal?.throwIfAborted()
    const entries = [...new Set([...keys])].map(key => this.#use(key)).sort((a, b) => a.index - b.index)
    const leave = () => {
      for (const entry of entries) this.#leave(entry)
    }
    if (!entries.every(({ queue }) => queue.allows(1))) return takeInTurn(entries, options, leave)
    const tickets = entries.map(({ queue }) => queue.hold(new Ticket(queue, 1, options.owner)))
    return new Guard(tickets, leave)
  }

  #use(key: Key): Entry<Key> {
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      const { name, maxPending } = this.#pattern
      entry = {
        key,
        queue: new WaitQueue(`${name}[${label(key)}]`, 1, { maxPending }),
        index: this.#nextIndex++,
        users: 0,
      }
      this.#entries.set(key, entry)
    }
    entry.users++
    return entry
  }

  #leave(entry: Entry<Key>): void {
    if (--entry.users === 0) this.#entries.delete(entry.key)
  }
}

/** Waits for one key after the other, in their order; gives all back when one is not to be had. */
async function takeInTurn(
  entries: readonly Entry<unknown>[],
  options: AcquireOptions,
  leave: () => void,
): Promise<Guard> {
  const { timeoutMs = Infinity } = options
  const deadline = performance.now() + timeoutMs
  const tickets: Ticket[] = []
  try {
    for (const { queue } of entries) {
      const leftMs = Math.max(0, Math.ceil(deadline - performance.now()))
      tickets.push(await acquireTicket(queue, 1, options, leftMs))
    }
    return new Guard(tickets, leave)
  } catch (error) {
    for (const ticket of tickets) ticket.release()
    leave()
    throw error
  }
}
