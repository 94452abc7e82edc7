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
    const listeners = this.#listeners.get(type) ?? new Set()
    this.#listeners.set(type, listeners)
    return addListener(listeners, listener)
  }

  emit<Type extends SessionEventType>(type: Type, payload: SessionEvents[Type]): void {
    this.callEach(this.#listeners.get(type), Object.freeze({ ...payload, type }))
  }

  clear(): void {
    this.#listeners.clear()
  }

  /** Calls those that are still there when it is their turn; what one throws or rejects with is reported. */
  callEach(listeners: ReadonlySet<Listener> = new Set(), event?: object): void {
    for (const listener of [...listeners]) {
      if (!listeners.has(listener)) continue
      try {
        const result = listener(event as never)
        if (result instanceof Promise) result.catch(this.#report)
      } catch (error) {
        this.#report(error)
      }
    }
  }
}

/** Adds it once more, also when it is there already; returns the undo. */
export function addListener(listeners: Set<Listener>, listener: Listener): () => void {
  checkCallable('listener', listener)
  const own: Listener = event => listener(event)
  listeners.add(own)
  return () => void listeners.delete(own)
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
