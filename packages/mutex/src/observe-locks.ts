import { checkObject } from './acquire-options.ts'
import { callHook } from './call-hook.ts'
import { subscribe } from './notify.ts'
import type { Ticket } from './ticket.ts'

/** What a hook of {@link LockObserver} is told. */
export interface LockEvent {
  /** The name of the lock; of a lock manager, the name of the request. */
  readonly lock: string
  /** The `owner` that was given with the wait, if any. */
  readonly owner: unknown
  /** How many wait for the lock now. */
  readonly pending: number
  /** How long this caller has waited, in milliseconds; 0 for one that came in at once. */
  readonly waitedMs: number
  /** How long it has held the lock, in milliseconds; 0 before it does. */
  readonly heldMs: number
}

/** The hooks of {@link observeLocks}. What one throws goes to `onHookError`, else is reported, and breaks nothing. */
export interface LockObserver {
  /** Somebody has to wait. */
  readonly onWait?: ((event: LockEvent) => void) | undefined
  /** Somebody came in. */
  readonly onAcquire?: ((event: LockEvent) => void) | undefined
  /** Somebody left. */
  readonly onRelease?: ((event: LockEvent) => void) | undefined
  /** Somebody's wait ended without the lock, for this reason: an error of this package, or that of the signal. */
  readonly onRefuse?: ((event: LockEvent & { readonly reason: unknown }) => void) | undefined
  readonly onHookError?: ((error: unknown) => void) | undefined
}

/**
 * Watches all locks of this copy of the package until the returned function is called. While nobody
 * watches it costs nothing.
 *
 * @throws TypeError unless there is an observer.
 *
 * @example
 * ```ts
 * import { Mutex, observeLocks } from '@x/mutex'
 *
 * const log: string[] = []
 * const stop = observeLocks({
 *   onAcquire: ({ lock }) => log.push(`${lock} in`),
 *   onRelease: ({ lock, heldMs }) => log.push(`${lock} out after ${Math.floor(heldMs / 1000)} s`),
 * })
 * await new Mutex({ name: 'inbox' }).runExclusive(() => {})
 * stop()
 * log // => ['inbox in', 'inbox out after 0 s']
 * ```
 */
export function observeLocks(observer: LockObserver): () => void {
  checkObject('observer', observer)
  const times = new WeakMap<Ticket, { readonly askedAt: number; readonly enteredAt?: number }>()
  return subscribe((happening, ticket, reason) => {
    const now = performance.now()
    const { askedAt, enteredAt } = times.get(ticket) ?? { askedAt: now }
    const event = {
      lock: ticket.queue.name,
      owner: ticket.owner,
      pending: ticket.queue.pending,
      waitedMs: (enteredAt ?? now) - askedAt,
      heldMs: now - (enteredAt ?? now),
    }
    if (happening === 'wait') times.set(ticket, { askedAt })
    if (happening === 'acquire') times.set(ticket, { askedAt, enteredAt: now })
    callHook(() => {
      if (happening === 'wait') return observer.onWait?.(event)
      if (happening === 'acquire') return observer.onAcquire?.(event)
      if (happening === 'release') return observer.onRelease?.(event)
      return happening === 'refuse' && observer.onRefuse?.({ ...event, reason })
    }, observer.onHookError)
  })
}
