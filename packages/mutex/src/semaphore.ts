import { type AcquireOptions, checkNumber, checkObject, type LockOptions } from './acquire-options.ts'
import type { LockGuard } from './lock-guard.ts'
import { acquireGuard, runSection, tryGuard } from './section.ts'
import { WaitQueue } from './wait-queue.ts'

/** The options of a wait for permits. */
export interface SemaphoreOptions extends AcquireOptions {
  /**
   * How many permits to take at once: an integer from 1 to as many as the semaphore has.
   * @defaultValue 1
   */
  readonly permits?: number | undefined
}

/**
 * Lets as many sections in at a time as there are permits, in the order in which they came.
 *
 * The order is strict: a caller that wants many permits is not overtaken by those that want few, not even
 * by {@link Semaphore.tryAcquire}. Otherwise as {@link Mutex}: hand-over, bounds of a wait, owners.
 *
 * @example At most two uploads at a time
 * ```ts
 * import { Semaphore } from '@x/mutex'
 *
 * const uploads = new Semaphore(2)
 * let running = 0
 * let most = 0
 * const upload = () =>
 *   uploads.run(async () => {
 *     most = Math.max(most, ++running)
 *     await Promise.resolve()
 *     running--
 *   })
 * await Promise.all([upload(), upload(), upload(), upload()])
 * most // => 2
 * ```
 */
export class Semaphore {
  readonly #queue: WaitQueue

  /** @throws RangeError unless `permits` is an integer >= 0; with 0, everybody waits for {@link Semaphore.resize}. */
  constructor(permits: number, options?: LockOptions) {
    checkPermits(permits, 0, Infinity)
    this.#queue = new WaitQueue('semaphore', permits, options)
  }

  /** What errors call this lock: the name it was given, or `semaphore`. */
  get name(): string {
    return this.#queue.name
  }

  /** How many permits are free; below 0 while more are held than a {@link Semaphore.resize} left. */
  get available(): number {
    return this.#queue.free
  }

  /** How many callers wait. */
  get pending(): number {
    return this.#queue.pending
  }

  /** Whether no permit is free, or somebody waits. */
  isLocked(): boolean {
    return !this.#queue.allows(1)
  }

  /**
   * Waits for the permits and gives the guard that returns them all.
   *
   * @throws RangeError for more permits than there are, and what {@link Mutex.acquire} throws.
   */
  async acquire(options?: SemaphoreOptions): Promise<LockGuard> {
    return acquireGuard(this.#queue, this.#weightOf(options), options)
  }

  /** Takes the permits if they are free and nobody waits, or gives `undefined`. */
  tryAcquire(options?: { readonly permits?: number | undefined; readonly owner?: unknown }): LockGuard | undefined {
    return tryGuard(this.#queue, this.#weightOf(options), options)
  }

  /**
   * Runs `fn` while it holds the permits, and gives what `fn` gives: within the call when they are free.
   *
   * @throws what {@link Semaphore.acquire} throws, and what `fn` throws.
   */
  run<T>(fn: () => T | PromiseLike<T>, options?: SemaphoreOptions): Promise<T> {
    try {
      return runSection(this.#queue, this.#weightOf(options), fn, options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Changes how many permits there are. More let waiters in at once; fewer take none from a holder, so
   * that `available` may be negative for a while. Who waits for more permits than are left waits until
   * there are enough again.
   */
  resize(permits: number): void {
    checkPermits(permits, 0, Infinity)
    this.#queue.free += permits - this.#queue.capacity
    this.#queue.capacity = permits
    this.#queue.admit()
  }

  /** Rejects everybody who waits with a {@link LockCanceledError}, and returns how many. Holders go on. */
  cancel(reason?: unknown): number {
    return this.#queue.cancel(reason)
  }

  #weightOf(options: { readonly permits?: number | undefined } = {}): number {
    checkObject('options', options)
    const { permits = 1 } = options
    // With none at all, everybody waits for a `resize`.
    checkPermits(permits, 1, Math.max(1, this.#queue.capacity))
    return permits
  }
}

function checkPermits(permits: number, min: number, max: number): void {
  const range = max < Infinity ? `an integer from ${min} to ${max}` : `an integer >= ${min}`
  checkNumber('permits', permits, value => Number.isInteger(value) && value >= min && value <= max, range)
}
