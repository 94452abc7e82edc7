import { checkCallable, checkOneOf } from './check-option.ts'
import { EVENT_TYPES, type SessionEvents, type SessionEventType } from './events.ts'

type Listener = (event: never) => unknown

/** Tells listeners what has happened; one that fails disturbs neither the others nor the teller. */
export class Emitter {
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #report: (error: unknown) => void

  constructor(report: (error: unknown) => void) {
    this.#report = report
  }

  on(type: string, listener: Listener): () => void {
    checkOneOf('type', type, EVENT_TYPES)
    checkCallable('listener', listener)
    const own: Listener = event => listener(event)
    const listeners = this.#listeners.get(type) ?? new Set()
    this.#listeners.set(type, listeners.add(own))
    return () => {
      listeners.delete(own)
      if (listeners.size === 0 && this.#listeners.get(type) === listeners) this.#listeners.delete(type)
    }
  }

  emit<Type extends SessionEventType>(type: Type, payload: SessionEvents[Type]): void {
    const listeners = this.#listeners.get(type)
    if (!listeners) return
    const event = Object.freeze({ ...payload, type })
    this.callEach(listeners, event)
  }

  clear(): void {
    this.#listeners.clear()
  }

  /** Calls those that are still there when it is their turn. */
  callEach(listeners: ReadonlySet<Listener>, event?: object): void {
    for (const listener of [...listeners]) if (listeners.has(listener)) this.call(() => listener(event as never))
  }

  /** Calls what a user gave; what it throws or rejects with is reported. */
  call(hook: () => unknown): void {
    try {
      const result = hook()
      if (result instanceof Promise) result.catch(this.#report)
    } catch (error) {
      this.#report(error)
    }
  }
}

/** `onHookError` if given, else the platform's channel for errors nobody has caught; never an uncaught exception. */
export function hookReporter(onHookError: ((error: unknown) => void) | undefined): (error: unknown) => void {
  const fallback = (error: unknown): void => {
    const platform: {
      reportError?: (error: unknown) => void
      process?: { emitWarning?: (warning: string | Error) => void }
    } = globalThis
    if (platform.reportError) platform.reportError(error)
    else platform.process?.emitWarning?.(error instanceof Error ? error : String(error))
  }
  if (!onHookError) return fallback
  return error => {
    try {
      onHookError(error)
    } catch (thrown) {
      fallback(thrown)
    }
  }
}
