const BRAND = '@x/session-manager.error'

/** Why a store could not: no room, another connection in the way, closed for good, or a failure of its engine. */
export type StoreFailure = 'quota' | 'blocked' | 'closed' | 'failed'

/** What every error of this package has: a stable `code`. */
abstract class CodedError extends Error {
  /** Stable across versions and minifiers: what to switch on. */
  abstract readonly code: string

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    Object.defineProperty(this, Symbol.for(BRAND), { value: true })
  }
}

/** The session does not exist, or was deleted. */
export class SessionNotFoundError extends CodedError {
  override readonly name = 'SessionNotFoundError'
  readonly code = 'SESSION_NOT_FOUND'
  readonly sessionId: string
  constructor(sessionId: string, options?: ErrorOptions) {
    super(`session "${sessionId}" does not exist or was deleted`, options)
    this.sessionId = sessionId
  }
}

/** The session is at another version than the one that the write was made on. */
export class VersionConflictError extends CodedError {
  override readonly name = 'VersionConflictError'
  readonly code = 'VERSION_CONFLICT'
  /** `null`: the session should not have existed. */
  readonly expected: number | null
  /** `null`: the session does not exist. */
  readonly actual: number | null
  constructor(expected: number | null, actual: number | null, options?: ErrorOptions) {
    super(`expected version ${expected}, the session is at ${actual}`, options)
    this.expected = expected
    this.actual = actual
  }
}

/** Another turn has the session: the wait was over, or the turn was taken over. */
export class SessionBusyError extends CodedError {
  override readonly name = 'SessionBusyError'
  readonly code = 'SESSION_BUSY'
}

/** The current session was switched; the reason of a turn's signal that a switch interrupted. */
export class SessionSwitchedError extends CodedError {
  override readonly name = 'SessionSwitchedError'
  readonly code = 'SESSION_SWITCHED'
}

/** The store could not do it now. What was to be written is kept and tried again. */
export class StoreError extends CodedError {
  override readonly name = 'StoreError'
  readonly code: `STORE_${Uppercase<StoreFailure>}`
  readonly reason: StoreFailure
  constructor(reason: StoreFailure, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
    this.code = `STORE_${reason.toUpperCase() as Uppercase<StoreFailure>}`
  }
}

/** The data can never be stored as it is. */
export class ValidationError extends CodedError {
  override readonly name = 'ValidationError'
  readonly code = 'VALIDATION'
  /** Where the fault is, as `message.parts[2].image`. */
  readonly path: string
  constructor(path: string, message: string, options?: ErrorOptions) {
    super(`\`${path}\` ${message}`, options)
    this.path = path
  }
}

/** Every error of this package. */
export type SessionError =
  | SessionNotFoundError
  | VersionConflictError
  | SessionBusyError
  | SessionSwitchedError
  | StoreError
  | ValidationError

/**
 * Whether `value` is an error of this package, also one of another copy or realm.
 *
 * @example
 * ```ts
 * import { isSessionError, ValidationError } from '@x/session-manager'
 *
 * isSessionError(new ValidationError('title', 'is empty')) // => true
 * isSessionError(new Error('title is empty')) // => false
 * ```
 */
export function isSessionError(value: unknown): value is SessionError {
  return typeof value === 'object' && value !== null && Symbol.for(BRAND) in value
}

export function isStoreError(value: unknown): value is StoreError {
  return isSessionError(value) && value.code.startsWith('STORE_')
}

/** A new `StoreError` for whatever a store has failed with. */
export function toStoreError(error: unknown): StoreError {
  const reason = isStoreError(error) ? error.reason : 'failed'
  return new StoreError(reason, error instanceof Error ? error.message : String(error), { cause: error })
}

/** A store's answer that repeating the same commit would not change. */
export type Refusal = Exclude<SessionError, StoreError>

export function isRefusal(error: unknown): error is Refusal {
  return isSessionError(error) && !isStoreError(error)
}
