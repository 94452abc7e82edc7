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
  const report = (error: unknown) => (onHookError ? callHook(() => onHookError(error), undefined) : tellPlatform(error))
  try {
    const returned = call()
    ;(returned as Partial<PromiseLike<unknown>> | undefined)?.then?.(undefined, report)
    return returned
  } catch (error) {
    report(error)
    return undefined
  }
}

/** Never becomes an uncaught exception itself. */
function tellPlatform(error: unknown): void {
  const { reportError, process, Deno, Bun } = globalThis as Platform
  try {
    // In Deno and Bun it ends the process, as an uncaught exception does.
    if (reportError && !Deno && !Bun) reportError(error)
    else process?.emitWarning?.(error instanceof Error ? error : String(error))
  } catch {
    // Nobody is left to tell.
  }
}
