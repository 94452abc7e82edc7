import { addListener, type Emitter } from './emitter.ts'
import type { SessionStatus } from './events.ts'
import { keepSame } from './keep-same.ts'
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
    return addListener(this.#listeners, listener)
  }

  show(
    current: SessionHandle | undefined,
    sessions: readonly SessionSummary[],
    statuses: Iterable<SessionStatus>,
  ): void {
    const worst = Math.max(0, ...[...statuses].map(each => STATUSES.indexOf(each as never)))
    const status = STATUSES[worst] ?? 'saved'
    const last = this.snapshot
    this.snapshot = keepSame(last, { current, sessions, status })
    if (this.snapshot !== last) this.#events.callEach(this.#listeners)
  }
}
