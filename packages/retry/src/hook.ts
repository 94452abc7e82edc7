type OnHookError = ((error: unknown) => unknown) | undefined

interface Platform {
  reportError?(error: unknown): void
  process?: { emitWarning?(warning: string | Error): void }
  Deno?: unknown
  Bun?: unknown
}

/**
 * Calls somebody's function that must not break what calls it: what it throws, or rejects with, is reported, and it
 * counts as not given.
 */
export function callHook<T>(call: () => T, onHookError: OnHookError): T | undefined {
  try {
    const returned = call()
    if (typeof (returned as PromiseLike<T> | undefined)?.then === 'function') {
      Promise.resolve(returned).catch(error => reportHookError(error, onHookError))
    }
    return returned
  } catch (error) {
    reportHookError(error, onHookError)
    return undefined
  }
}

/** Tells somebody, and never becomes an uncaught exception itself. */
function reportHookError(error: unknown, onHookError: OnHookError): void {
  if (onHookError) {
    callHook(() => onHookError(error), undefined)
    return
  }
  const { reportError, process, Deno, Bun } = globalThis as Platform
  try {
    // In Deno and Bun it ends the process, as an uncaught exception does.
    if (reportError && !Deno && !Bun) reportError(error)
    else process?.emitWarning?.(error instanceof Error ? error : String(error))
  } catch {
    // What the platform throws, nobody is left to tell.
  }
}
