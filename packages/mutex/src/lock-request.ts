import { type AcquireOptions, checkAcquireOptions } from './acquire-options.ts'
import type { LockLike, LockMode } from './lock-manager-like.ts'

/** Called with the lock; with `null` when `ifAvailable` was asked and it is not free. */
export type LockGrantedCallback<T> = (lock: LockLike | null) => T

/** The options of {@link LockManager.request}: those of the Web Locks API, `timeoutMs` and `owner`. */
export interface LockRequestOptions extends Pick<AcquireOptions, 'signal' | 'timeoutMs' | 'owner'> {
  /** @defaultValue 'exclusive' */
  mode?: LockMode | undefined
  /** Never waits: calls back with `null` when the lock is not free. */
  ifAvailable?: boolean | undefined
  /** Takes the lock from whoever holds it: their promises reject with an AbortError, their callbacks go on. */
  steal?: boolean | undefined
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
  const given = args.length > 2 ? args[1] : undefined
  const callback = args.length > 2 ? args[2] : args[1]
  if (given !== undefined && typeof given !== 'object' && typeof given !== 'function')
    throw new TypeError(`\`options\` must be an object, got ${String(given)}`)
  const { ifAvailable, mode = 'exclusive', owner, signal, steal, timeoutMs } = (given ?? {}) as LockRequestOptions
  if (`${mode}` !== 'exclusive' && `${mode}` !== 'shared')
    throw new TypeError(`\`mode\` must be 'exclusive' or 'shared', got ${mode}`)
  const wait = { signal, timeoutMs, owner }
  checkAcquireOptions(wait)
  if (typeof callback !== 'function') throw new TypeError(`\`callback\` must be a function, got ${String(callback)}`)

  if (name.startsWith('-')) throw notSupported('A name cannot start with "-"')
  if (steal && ifAvailable) throw notSupported('`steal` and `ifAvailable` exclude each other')
  if (steal && mode !== 'exclusive') throw notSupported('Only an exclusive lock can be stolen')
  if (signal && (steal || ifAvailable)) throw notSupported('`signal` goes with neither `steal` nor `ifAvailable`')
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
