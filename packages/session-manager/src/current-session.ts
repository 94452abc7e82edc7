import { checkOneOf } from './check-option.ts'
import { SessionBusyError, SessionSwitchedError } from './errors.ts'
import { acquireProcessingLock, type ProcessingLock, type ProcessingLockOptions } from './processing-lock.ts'
import type { SessionHandle } from './session-handle.ts'
import type { SwitchPolicy } from './session-manager.ts'
import type { SessionState } from './session-state.ts'
import type { Surroundings } from './surroundings.ts'
import type { TurnSession } from './turn.ts'
import { TurnLock } from './turn-lock.ts'

const POLICIES: readonly SwitchPolicy[] = ['background', 'wait', 'interrupt', 'reject']

const NO_SESSION: TurnSession = {
  content: { messages: [], title: '', titleSource: 'default', metadata: {} },
  refresh: async () => {},
  endWriters() {},
  async takeBack() {},
}

/** Which session is current, and how it is left. */
export class CurrentSession {
  readonly #around: Surroundings
  readonly #onChange: () => void
  /** The turn of those who have no session. */
  readonly #nobody: TurnLock
  #handle: SessionHandle | undefined
  #turns: TurnLock
  #switched = new AbortController()
  #requests = 0

  constructor(around: Surroundings, onChange: () => void) {
    this.#around = around
    this.#onChange = onChange
    this.#nobody = new TurnLock(null, around, NO_SESSION)
    this.#turns = this.#nobody
  }

  get handle(): SessionHandle | undefined {
    return this.#handle
  }

  /** Asks to become current: the returned function tells whether nobody has asked since. */
  request(): () => boolean {
    const request = ++this.#requests
    return () => request === this.#requests
  }

  /** Returns the undo: it does nothing once another one is current. */
  set(handle: SessionHandle | undefined, state?: SessionState): () => void {
    const [former, turns] = [this.#handle, this.#turns]
    this.#put(handle, state?.turns ?? this.#nobody)
    return () => {
      if (this.#handle === handle) this.#put(former, turns)
    }
  }

  #put(handle: SessionHandle | undefined, turns: TurnLock): void {
    const from = this.#handle?.id ?? null
    this.#handle = handle
    this.#turns = turns
    const id = handle?.id ?? null
    if (id !== from) {
      const switched = this.#switched
      this.#switched = new AbortController()
      switched.abort(new SessionSwitchedError(`session "${from}" is no longer the current one`))
      this.#around.events.emit('session-switched', { id, from })
    }
    this.#onChange()
  }

  /** The session was deleted or purged, here or elsewhere: its turn ends, and nobody is at it any more. */
  end(state: SessionState): void {
    state.end()
    if (this.#handle?.id !== state.id) return
    this.request()
    this.set(undefined)
  }

  /** What is to happen before another session becomes current; a handle that is not to is disposed. */
  async leave(next: SessionHandle, state: SessionState, onBusy: SwitchPolicy): Promise<void> {
    try {
      checkOneOf('onBusy', onBusy, POLICIES)
      if (next.id !== this.#handle?.id && this.#turns.isLocked()) await this.#leave(onBusy)
      if (state.isDeleted) throw state.session.endReason
    } catch (error) {
      await next[Symbol.asyncDispose]()
      throw error
    }
  }

  async #leave(onBusy: SwitchPolicy): Promise<void> {
    const turns = this.#turns
    if (onBusy === 'reject') throw new SessionBusyError(`session "${this.#handle?.id}" has a turn`)
    if (onBusy === 'interrupt') turns.active?.interrupt(new SessionSwitchedError('the session was switched'))
    if (onBusy === 'wait') await turns.waitForUnlock()
  }

  lock(expectedId: string | null, options: ProcessingLockOptions | undefined): Promise<ProcessingLock> {
    const currentId = (): string | null => this.#handle?.id ?? null
    const { clock } = this.#around
    const target = { id: currentId(), turns: this.#turns, switched: this.#switched.signal, clock, currentId }
    return acquireProcessingLock(target, expectedId, options)
  }
}
