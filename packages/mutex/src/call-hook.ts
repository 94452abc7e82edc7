interface Platform {
  reportError?(error: unknown): void
  process?: { emitWarning?(warning: string | Error): void }
}

/** Calls a hook: what it throws, or rejects with, is reported and goes no further. */
export function callHook(call: () => unknown, onHookError: ((error: unknown) => void) | undefined): void {
  try {
    const returned = call()
    if (returned instanceof Promise) returned.catch(error => reportHookError(error, onHookError))
  } catch (error) {
    reportHookError(error, onHookError)
  }
}

function reportHookError(error: unknown, onHookError: ((error: unknown) => void) | undefined): void {
  const { reportError, process } = globalThis as Platform
  if (onHookError) callHook(() => onHookError(error), undefined)
  else if (reportError) reportError(error)
  else process?.emitWarning?.(error instanceof Error ? error : String(error))
}
