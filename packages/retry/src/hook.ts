interface Platform {
  reportError?(error: unknown): void
  process?: { emitWarning?(warning: string | Error): void }
}

/** Calls a hook that only watches: what it throws, or rejects with, is reported and changes nothing. */
export function callHook<Argument>(
  hook: ((argument: Argument) => unknown) | undefined,
  argument: Argument,
  onHookError: ((error: unknown) => void) | undefined,
): void {
  if (!hook) return
  try {
    const returned = hook(argument)
    if (isThenable(returned)) returned.then(undefined, error => reportHookError(error, onHookError))
  } catch (error) {
    reportHookError(error, onHookError)
  }
}

/** Tells somebody, and never becomes an uncaught exception itself. */
export function reportHookError(error: unknown, onHookError?: ((error: unknown) => void) | undefined): void {
  try {
    if (onHookError) onHookError(error)
    else reportToPlatform(error)
  } catch (second) {
    try {
      reportToPlatform(second)
    } catch {
      // Nobody is left to tell.
    }
  }
}

function reportToPlatform(error: unknown): void {
  const { reportError, process } = globalThis as Platform
  if (reportError) reportError(error)
  else process?.emitWarning?.(error instanceof Error ? error : String(error))
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}
