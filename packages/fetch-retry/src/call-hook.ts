interface Platform {
  reportError?(error: unknown): void
  Deno?: unknown
  Bun?: unknown
  process?: { emitWarning?(warning: string | Error): void }
}

/** Calls a hook that only watches: what it throws goes to `onHookError`, else to the platform, and breaks nothing. */
export function callHook(call: () => unknown, onHookError: ((error: unknown) => void) | undefined): void {
  const { reportError, process, Deno, Bun } = globalThis as Platform
  const warn = (error: unknown) => process?.emitWarning?.(error instanceof Error ? error : String(error))
  // In Deno and Bun `reportError` ends the process, as an uncaught exception does.
  const platform = Deno || Bun ? warn : (reportError ?? warn)
  new Promise(resolve => resolve(call())).catch(onHookError ?? platform).catch(platform)
}
