/// <reference lib="esnext.disposable" preserve="true" />
import { checkNumber, checkObject } from './acquire-options.ts'
import { callHook } from './call-hook.ts'
import { subscribe } from './notify.ts'
import type { Ticket } from './ticket.ts'
import { startTimer, type Timer } from './timer.ts'

/** Somebody who holds a lock or waits for it. */
export interface LockReport {
  /** The name of the lock, or of its kind when it has none. */
  readonly lock: string
  /** The `owner` that was given with the wait, if any. */
  readonly owner: unknown
  /** How long it has held or waited, in milliseconds. */
  readonly sinceMs: number
  /** Where it asked for the lock; undefined without `stacks`. */
  readonly stack: string | undefined
}

/** The options of {@link debugLocks}. */
export interface DebugLocksOptions {
  /**
   * Whether to remember where each lock was asked for: some 4 us each.
   * @defaultValue true
   */
  readonly stacks?: boolean | undefined
  /**
   * From when on a hold is long, in milliseconds.
   * @defaultValue 10000
   */
  readonly longHoldMs?: number | undefined
  /** A lock has been held for `longHoldMs`. Nothing is done to the holder. */
  readonly onLongHold?: ((report: LockReport) => void) | undefined
  /** A guard was dropped without release and has been collected: its lock stays taken for ever. */
  readonly onLeak?: ((report: LockReport) => void) | undefined
  /** Gets what the hooks throw, which is reported otherwise. */
  readonly onHookError?: ((error: unknown) => void) | undefined
}

/** What {@link debugLocks} gives. */
export interface LockDebugger extends Disposable {
  /** Who holds and who waits, over all locks, since the debugger is there. */
  snapshot(): { held: LockReport[]; pending: LockReport[] }
  /** Ends it; may be called twice. */
  dispose(): void
}

interface Track {
  held: boolean
  since: number
  readonly stack: string | undefined
  timer?: Timer | undefined
}

/**
 * Finds out why a lock stays taken: who holds it, since when, from where; which guards were forgotten.
 * For development and for a case in production: it takes a stack for each request and a timer for each hold.
 *
 * @throws RangeError or TypeError for a bad `longHoldMs`.
 *
 * @example
 * ```ts
 * import { Mutex } from '@x/mutex'
 * import { debugLocks } from '@x/mutex/debug'
 *
 * using locks = debugLocks({ longHoldMs: 5000, onLongHold: ({ lock, stack }) => console.warn(lock, stack) })
 * const mutex = new Mutex({ name: 'inbox' })
 * const guard = await mutex.acquire({ owner: 'me' })
 * locks.snapshot().held.map(({ lock, owner }) => `${owner} holds ${lock}`) // => ['me holds inbox']
 * guard.release()
 * ```
 */
export function debugLocks(options: DebugLocksOptions = {}): LockDebugger {
  checkObject('options', options)
  const { stacks = true, longHoldMs = 10_000, onHookError } = options
  checkNumber('longHoldMs', longHoldMs, ms => ms >= 0, 'a number of milliseconds >= 0')
  const tracks = new Map<Ticket, Track>()
  const guards = new FinalizationRegistry<Ticket>(ticket => {
    const track = tracks.get(ticket)
    if (track !== undefined) callHook(() => options.onLeak?.(reportOf(ticket, track)), onHookError)
  })

  const unsubscribe = subscribe((happening, ticket, detail) => {
    const track = tracks.get(ticket)
    if (happening === 'guard') guards.register(detail as object, ticket, ticket)
    else if (happening === 'release' || happening === 'refuse') {
      clearTimeout(track?.timer)
      tracks.delete(ticket)
      guards.unregister(ticket)
    } else {
      const held = happening === 'acquire'
      // One that waited was asked for then: the stack of the grant is that of whoever released.
      const stack = track ? track.stack : stacks ? new Error(ticket.queue.name).stack : undefined
      const next: Track = { held, since: performance.now(), stack }
      if (held) watch(ticket, next)
      tracks.set(ticket, next)
    }
  })

  function watch(ticket: Ticket, track: Track): void {
    const tell = () => callHook(() => options.onLongHold?.(reportOf(ticket, track)), onHookError)
    startTimer(track, longHoldMs, tell, startIdleTimer)
  }

  function dispose(): void {
    unsubscribe()
    for (const { timer } of tracks.values()) clearTimeout(timer)
    tracks.clear()
  }

  return {
    snapshot() {
      const reports = (held: boolean) =>
        [...tracks].filter(([, track]) => track.held === held).map(([ticket, track]) => reportOf(ticket, track))
      return { held: reports(true), pending: reports(false) }
    },
    dispose,
    [Symbol.dispose]: dispose,
  }
}

/** In Node, a watch over locks keeps no process alive. */
function startIdleTimer(callback: () => void, ms: number): Timer {
  const timer = setTimeout(callback, ms)
  ;(timer as { unref?(): void }).unref?.()
  return timer
}

function reportOf({ queue, owner }: Ticket, { since, stack }: Track): LockReport {
  return { lock: queue.name, owner, sinceMs: performance.now() - since, stack }
}
