type OnHookError = ((error: unknown) => unknown) | undefined

interface Platform {
  reportError?(error: unknown): void
  process?: { emitWarning?(warning: string | Error): void }
  Deno?: unknown
  Bun?: unknown
}

/** Calls a hook: what it throws, or rejects with, is reported and goes no further. */
export function callHook(call: () => unknown, onHookError: OnHookError): void {
  const report = (error: unknown) => (onHookError ? callHook(() => onHookError(error), undefined) : tellPlatform(error))
  try {
    const returned = call() as PromiseLike<unknown> | undefined
    returned?.then?.(undefined, report)
  } catch (error) {
    report(error)
  }
}

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
