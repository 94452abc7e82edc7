interface Platform {
  reportError?(error: unknown): void
  process?: { emitWarning?(warning: string | Error): void }
}

/** Calls a hook that only watches: what it throws goes to `onHookError`, else to the platform, and breaks nothing. */
export function callHook(call: () => unknown, onHookError: ((error: unknown) => void) | undefined): void {
  const { reportError, process } = globalThis as Platform
  const warn = (error: unknown) => process?.emitWarning?.(error instanceof Error ? error : String(error))
  const report = onHookError ?? reportError ?? warn
  new Promise(resolve => resolve(call())).catch(report).catch(reportError ?? warn)
}
