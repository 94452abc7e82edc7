import { checkString } from './check-option.ts'
import { SessionNotFoundError, toStoreError } from './errors.ts'
import type { SessionStatus } from './events.ts'
import { ignore } from './ignore.ts'
import type { PageLife } from './page-life.ts'
import { recoverStreams } from './recover-streams.ts'
import { SessionState } from './session-state.ts'
import type { NewSession, StoreNotice } from './session-store.ts'
import type { Surroundings } from './surroundings.ts'

/** A state that is in use until it is released. */
export interface Use {
  readonly state: SessionState
  release(): void
}

/** The sessions that are in memory: one state each, from the first who needs it to the last. */
export class SessionRegistry implements PageLife {
  readonly #states = new Map<string, SessionState>()
  readonly #statuses = new Map<SessionState, SessionStatus>()
  readonly #loading = new Map<string, Promise<SessionState | undefined>>()
  /** Sessions that this manager has made and that are not stored yet. */
  readonly #creating = new Map<string, Promise<void>>()
  readonly #around: Surroundings
  readonly #onChange: () => void
  #isFrozen = false

  constructor(around: Surroundings, onChange: () => void) {
    this.#around = around
    this.#onChange = onChange
  }

  get states(): readonly SessionState[] {
    return [...this.#states.values()]
  }

  /** Of the sessions that are not saved: no more are looked at when one changes. */
  get statuses(): Iterable<SessionStatus> {
    return this.#statuses.values()
  }

  get(id: string): SessionState | undefined {
    return this.#states.get(id)
  }

  /** A state that the store knows nothing of yet, on its way there. */
  create(session: NewSession): { readonly state: SessionState; readonly stored: Promise<void> } {
    const { id } = session
    const state = this.#add(id)
    const stored = state.write({ make: () => [{ type: 'create', session }], afterDelete: true })
    const creating = stored.catch(ignore).finally(() => this.#creating.delete(id))
    this.#creating.set(id, creating)
    return { state, stored }
  }

  /** @throws {@link SessionNotFoundError} when there is none, not even a deleted one. */
  async use(id: string): Promise<Use> {
    checkString('id', id)
    for (;;) {
      const { store, disposed } = this.#around
      disposed.throwIfAborted()
      const creating = this.#creating.get(id)
      // Whose session it is, the store decides; when it cannot say, it is the one that is shown.
      if (creating && (await store.load(id, { signal: disposed }).catch(ignore))) await creating
      const state = this.#states.get(id) ?? (await this.load(id))
      if (!state) throw new SessionNotFoundError(id)
      // It may have been let go in between.
      if (this.#states.get(id) === state) return { state, release: state.retain() }
    }
  }

  /** The store says that a session has a new version, or that somebody wants its turn. */
  hear(notice: StoreNotice): void {
    const { id } = notice
    const tell = (state: SessionState | undefined): void => {
      // A frozen page gets its messages all the same; to answer for its turn, it would have to run.
      if (!this.#isFrozen && !notice.changes) state?.turns.onNotice()
      state?.queue.hear(notice)
    }
    tell(this.#states.get(id))
    this.#loading.get(id)?.then(tell, ignore)
  }

  /** Streamed text that is not in the journal yet goes there, now. */
  onHide(): void {
    for (const state of this.#states.values()) {
      state.journal()
      state.queue.hurry()
    }
  }

  onFreeze(): void {
    this.#isFrozen = true
    this.onHide()
  }

  onShow(): void {
    this.#isFrozen = false
    for (const state of this.#states.values()) {
      state.turns.onNotice()
      state.queue.look()
    }
  }

  /** Messages that are written elsewhere are marked when their writer is gone. */
  recover(id: string): void {
    const state = this.#states.get(id)
    if (state && (this.#around.scope.covers || this.#around.scope.missesTabs)) void recoverStreams(state, true)
  }

  #add(id: string): SessionState {
    const state: SessionState = new SessionState(id, this.#around, () => this.#changed(state))
    this.#states.set(id, state)
    return state
  }

  /** One that is not in memory; undefined when the store has none either. */
  load(id: string): Promise<SessionState | undefined> {
    const loading = this.#loading.get(id) ?? this.#read(id).finally(() => this.#loading.delete(id))
    this.#loading.set(id, loading)
    return loading.catch(error => {
      throw toStoreError(error)
    })
  }

  async #read(id: string): Promise<SessionState | undefined> {
    const { store, disposed } = this.#around
    const stored = await store.load(id, { signal: disposed })
    if (!stored || this.#states.has(id)) return this.#states.get(id)
    const state = this.#add(id)
    state.session.rebase(stored)
    state.migrate()
    await recoverStreams(state, this.#around.scope.covers)
    return state
  }

  #changed(state: SessionState): void {
    // While it is being loaded, those who need it are still to come.
    const isOver = state.queue.isGone || (state.isFree && !this.#loading.has(state.id))
    if (isOver && this.#states.get(state.id) === state) this.#states.delete(state.id)
    const { status } = state.queue
    if (isOver || status === 'saved') this.#statuses.delete(state)
    else this.#statuses.set(state, status)
    this.#onChange()
  }
}
