type OnHookError = ((error: unknown) => void) | undefined

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
  const { reportError, process, Deno, Bun } = globalThis as Platform
  try {
    if (onHookError) onHookError(error)
    // In Deno and Bun it ends the process, as an uncaught exception does.
    else if (reportError && !Deno && !Bun) reportError(error)
    else process?.emitWarning?.(error instanceof Error ? error : String(error))
  } catch (second) {
    // What the platform throws, nobody is left to tell.
    if (onHookError) reportHookError(second, undefined)
  }
}
