export interface SignalLink {
  readonly signal: AbortSignal
  /** Needed only where the signal follows a caller. */
  readonly unlink?: (() => void) | undefined
}

/**
 * A signal for one request that ends with its attempt and, after the attempt, with its caller until `unlink()`.
 *
 * `AbortSignal.any` would do the same and keep each of its signals for as long as the caller's lives (Node 20 to 26).
 */
export function linkSignals(attempt: AbortSignal, caller: AbortSignal | undefined): SignalLink {
  if (!caller) return { signal: attempt }
  const controller = new AbortController()
  function follow(this: AbortSignal) {
    controller.abort(this.reason)
  }
  attempt.addEventListener('abort', follow)
  caller.addEventListener('abort', follow)
  return { signal: controller.signal, unlink: () => caller.removeEventListener('abort', follow) }
}
