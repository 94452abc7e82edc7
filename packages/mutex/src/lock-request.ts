import { type AcquireOptions, checkAcquireOptions, checkObject, refuse } from './acquire-options.ts'
import type { LockLike, LockMode } from './lock-manager-like.ts'

/** Called with the lock; with `null` when `ifAvailable` was asked and it is not free. */
export type LockGrantedCallback<T> = (lock: LockLike | null) => T

/** The options of {@link LockManager.request}: those of the Web Locks API, `timeoutMs` and `owner`. */
export interface LockRequestOptions extends Pick<AcquireOptions, 'signal' | 'timeoutMs' | 'owner'> {
  /** @defaultValue 'exclusive' */
  readonly mode?: LockMode | undefined
  /** Never waits: calls back with `null` when the lock is not free. */
  readonly ifAvailable?: boolean | undefined
  /** Takes the lock from whoever holds it: their promises reject with an AbortError, their callbacks go on. */
  readonly steal?: boolean | undefined
}

/** A request whose arguments are right. */
export interface LockRequest<T> {
  readonly name: string
  readonly mode: LockMode
  readonly ifAvailable: boolean
  readonly steal: boolean
  readonly wait: Pick<AcquireOptions, 'signal' | 'timeoutMs' | 'owner'>
  readonly callback: LockGrantedCallback<T>
}

/**
 * Reads the arguments as the specification's IDL does, in its order, and throws its errors.
 *
 * @see https://w3c.github.io/web-locks/#api-lock-manager-request
 */
export function readRequest<T>(args: readonly unknown[]): LockRequest<T> {
  if (args.length < 2) throw new TypeError(`2 arguments required, got ${args.length}`)
  // A symbol has no string: the template throws the TypeError that is due.
  const name = `${args[0]}`
  const options = (args.length > 2 ? args[1] : undefined) ?? {}
  const callback = args.length > 2 ? args[2] : args[1]
  checkObject('options', options)
  const { ifAvailable, mode: given = 'exclusive', owner, signal, steal, timeoutMs } = options as LockRequestOptions
  const mode = `${given}` as const
  if (mode !== 'exclusive' && mode !== 'shared') refuse('mode', mode, "'exclusive' or 'shared'")
  const wait = { signal, timeoutMs, owner }
  checkAcquireOptions(wait)
  if (typeof callback !== 'function') refuse('callback', callback, 'a function')

  if (name.startsWith('-')) throw notSupported('A name cannot start with "-"')
  if ((steal && (ifAvailable || mode !== 'exclusive')) || (signal && (steal || ifAvailable)))
    throw notSupported('`steal`, `ifAvailable`, `signal` and, for `steal`, a shared `mode` exclude each other')
  signal?.throwIfAborted()
  return {
    name,
    mode,
    ifAvailable: Boolean(ifAvailable),
    steal: Boolean(steal),
    wait,
    callback: callback as LockGrantedCallback<T>,
  }
}

function notSupported(message: string): DOMException {
  return new DOMException(message, 'NotSupportedError')
}
