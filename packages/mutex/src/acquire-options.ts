import { label } from './label.ts'

/** How long to wait for a lock, and on whose behalf; none of it touches a holder. */
export interface AcquireOptions {
  /** Ends the wait: the promise rejects with `signal.reason`, the very object. Without effect on a lock that is held. */
  readonly signal?: AbortSignal | undefined
  /**
   * Bounds the wait, in milliseconds: 0 is now or never, `Infinity` is for ever.
   * @defaultValue Infinity
   */
  readonly timeoutMs?: number | undefined
  /**
   * The higher goes first. One step is worth one second of waiting, so nobody starves.
   * @defaultValue 0
   */
  readonly priority?: number | undefined
  /**
   * Who waits, compared with `===`: a request, a job, a session. With it, a wait that could never end
   * rejects at once with a {@link DeadlockError}; without it, nothing is tracked.
   */
  readonly owner?: unknown
}

/** What every lock can be given when it is made. */
export interface LockOptions {
  /** Stands for the lock in errors. */
  readonly name?: string | undefined
  /**
   * How many may wait; one more is refused with a {@link QueueFullError}. An integer >= 0, or `Infinity`.
   * @defaultValue Infinity
   */
  readonly maxPending?: number | undefined
}

/** Throws unless the bounds of a wait are in range. */
export function checkAcquireOptions(options: AcquireOptions): void {
  checkObject('options', options)
  const { signal, timeoutMs = 0, priority = 0 } = options
  // One that cannot be listened to would leave a wait behind that takes the lock for nobody.
  if (signal !== undefined && !(Object(signal).addEventListener && signal.throwIfAborted))
    refuse('signal', signal, 'an AbortSignal')
  checkNumber('timeoutMs', timeoutMs, ms => ms >= 0, 'a number of milliseconds >= 0')
  checkNumber('priority', priority, Number.isFinite, 'a finite number')
}

/** Throws a TypeError unless `value` is an object. */
export function checkObject(option: string, value: unknown): void {
  if (value !== Object(value)) refuse(option, value, 'an object')
}

/** Throws unless `value` is a number and in range: a TypeError or a RangeError. */
export function checkNumber(option: string, value: number, inRange: (value: number) => boolean, range: string): void {
  if (typeof value !== 'number') refuse(option, value, range)
  if (!inRange(value)) refuse(option, value, range, RangeError)
}

/** Says what an option must be and what came. */
export function refuse(option: string, value: unknown, range: string, error: ErrorConstructor = TypeError): never {
  throw new error(`\`${option}\` must be ${range}, got ${label(value)}`)
}
