import { label } from './label.ts'

const BRAND = '@x/mutex.LockError'

/** What every error of this package is. */
export abstract class LockError extends Error {
  /** Stable across versions and minifiers: what to switch on. */
  abstract readonly code: string

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    Object.defineProperty(this, Symbol.for(BRAND), {})
  }
}

/** The wait took longer than `timeoutMs`; with 0, the lock was taken. */
export class LockTimeoutError extends LockError {
  override readonly name = 'LockTimeoutError'
  readonly code = 'LOCK_TIMEOUT'
}

/** The wait was ended by `cancel()`, whose reason is the `cause`. */
export class LockCanceledError extends LockError {
  override readonly name = 'LockCanceledError'
  readonly code = 'LOCK_CANCELED'
}

/** As many as `maxPending` allows were waiting already. */
export class QueueFullError extends LockError {
  override readonly name = 'QueueFullError'
  readonly code = 'QUEUE_FULL'
}

/**
 * The lock was lost while it was held, as a lease may be. No lock of one process is lost: this is
 * what a lock manager past one process aborts the holder's `signal` with.
 */
export class LockLostError extends LockError {
  override readonly name = 'LockLostError'
  readonly code = 'LOCK_LOST'
}

/** One link of a deadlock: this owner waits for this lock. */
export interface DeadlockLink {
  /** As given with the wait. */
  readonly owner: unknown
  /** Its name, or its kind when it has none. */
  readonly lock: string
}

/** The wait would never have ended, since it closes a circle of owners that wait for each other. */
export class DeadlockError extends LockError {
  override readonly name = 'DeadlockError'
  readonly code = 'DEADLOCK'
  /** Who waits for what, from the refused wait on: each for the owner of the next, the last for the first. */
  readonly cycle: readonly DeadlockLink[]

  constructor(cycle: readonly DeadlockLink[]) {
    super(cycle.map(({ owner, lock }) => `${label(owner)} waits for ${lock}`).join(', '))
    this.cycle = cycle
  }
}

/**
 * Whether `value` is an error of this package, also one from another realm or another copy of the
 * package.
 *
 * @example
 * ```ts
 * import { isLockError, Mutex } from '@x/mutex'
 *
 * const mutex = new Mutex()
 * using guard = await mutex.acquire()
 * const error = await mutex.acquire({ timeoutMs: 0 }).catch(error => error)
 * isLockError(error) && error.code // => 'LOCK_TIMEOUT'
 * ```
 */
export function isLockError(
  value: unknown,
): value is LockTimeoutError | LockCanceledError | QueueFullError | LockLostError | DeadlockError {
  return typeof value === 'object' && value !== null && Symbol.for(BRAND) in value
}
