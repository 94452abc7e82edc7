import { checkCallable } from './check-option.ts'
import type { Emitter } from './emitter.ts'
import type { SessionStatus } from './events.ts'
import type { SessionHandle } from './session-handle.ts'
import type { ManagerSnapshot } from './session-manager.ts'
import type { SessionSummary } from './session-store.ts'

/** From best to worst. */
const STATUSES = ['saved', 'saving', 'conflict', 'unsaved'] as const

export const EMPTY_VIEW: ManagerSnapshot<object, object> = Object.freeze({
  current: undefined,
  sessions: Object.freeze([]),
  status: 'saved',
})

/** What a manager shows as a whole, and who looks at it. */
export class ManagerView {
  snapshot: ManagerSnapshot<object, object> = EMPTY_VIEW
  readonly #events: Emitter
  readonly #listeners = new Set<() => void>()

  constructor(events: Emitter) {
    this.#events = events
  }

  subscribe(listener: () => void): () => void {
    checkCallable('listener', listener)
    const own = (): void => listener()
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  show(
    current: SessionHandle | undefined,
    sessions: readonly SessionSummary[],
    statuses: Iterable<SessionStatus>,
  ): void {
    const worst = Math.max(0, ...[...statuses].map(each => STATUSES.indexOf(each as never)))
    const status = STATUSES[worst] ?? 'saved'
    const last = this.snapshot
    if (last.current === current && last.sessions === sessions && last.status === status) return
    this.snapshot = Object.freeze({ current, sessions, status })
    this.#events.callEach(this.#listeners)
  }
}
