import { systemClock } from '@x/retry'
import { checkCallable, checkString, optionsOf } from './check-option.ts'
import { CurrentSession } from './current-session.ts'
import { Emitter, hookReporter } from './emitter.ts'
import { SessionNotFoundError, StoreError, ValidationError } from './errors.ts'
import type { SessionEvent, SessionEventType } from './events.ts'
import { ignore } from './ignore.ts'
import { lockScope } from './lock-scope.ts'
import { checkManagerOptions, toAutosave } from './manager-options.ts'
import { EMPTY_VIEW, ManagerView } from './manager-view.ts'
import { memoryStore } from './memory-store.ts'
import type { WriterSettings } from './message-writer.ts'
import { migrator } from './migrate.ts'
import { newSession } from './new-session.ts'
import { watchPageLife } from './page-life.ts'
import { checkObject } from './prepare-message.ts'
import type { ProcessingLock, ProcessingLockOptions } from './processing-lock.ts'
import { SessionHandle } from './session-handle.ts'
import { SessionLibrary } from './session-library.ts'
import { readPage, type SessionList, sessionList } from './session-list.ts'
import type {
  ListOptions,
  SessionDataLike,
  SessionInit,
  SessionManager,
  SessionManagerOptions,
  SwitchPolicy,
} from './session-manager.ts'
import { SessionRegistry } from './session-registry.ts'
import { isThenable, type SessionState } from './session-state.ts'
import type { NewSession, SessionPage, StoredMessage } from './session-store.ts'
import type { Surroundings } from './surroundings.ts'
import { validator } from './validate-message.ts'
import { wait } from './wait.ts'

/** What every operation of a store takes at most. */
const LONGEST_OPERATION_MS = 20_000
const NO_MESSAGES: readonly StoredMessage[] = Object.freeze([])
/** The public face of a manager: what it offers, and its life from the first option to `dispose`. */
export class Manager extends SessionLibrary implements SessionManager {
  readonly #around: Surroundings
  readonly #settings: WriterSettings
  readonly #registry: SessionRegistry
  readonly #list: SessionList
  readonly #current: CurrentSession
  readonly #closing: AbortController
  readonly #dispose: AbortController
  readonly #view: ManagerView
  readonly #undo: (() => void)[]
  #end: Promise<void> | undefined

  // Properties, so that they can be handed over without their manager.
  readonly subscribe: SessionManager['subscribe'] = listener => this.#view.subscribe(listener)
  readonly getSnapshot: SessionManager['getSnapshot'] = () => this.#view.snapshot
  readonly getServerSnapshot: SessionManager['getServerSnapshot'] = () => EMPTY_VIEW

  constructor(options: SessionManagerOptions) {
    checkManagerOptions(options)
    const { store = memoryStore(), locks, schema, autosave, onBusy = 'enqueue', applyDelta } = options
    const { signal, clock = systemClock, migrations = [] } = options
    const events = new Emitter(hookReporter(options.onHookError))
    const dispose = new AbortController()
    const closing = new AbortController()
    const validate = validator(schema)
    const around = {
      store,
      scope: lockScope(store, locks),
      events,
      clock,
      closing: closing.signal,
      disposed: dispose.signal,
      validate,
      migrator: migrator(migrations, validate),
      onBusy,
    }
    const onChange = (): void => this.#view.show(this.current, this.#list.sessions, this.#registry.statuses)
    const registry = new SessionRegistry(around, onChange)
    super(registry, around, state => this.#current.end(state))
    this.#registry = registry
    this.#around = around
    this.#dispose = dispose
    this.#closing = closing
    this.#view = new ManagerView(events)
    this.#settings = { autosave: toAutosave(autosave), applyDelta }
    this.#list = sessionList(store, dispose.signal, onChange)
    this.#current = new CurrentSession(around, onChange)
    this.#undo = this.#watch(signal)
    options.limits?.(this, store)
    if (signal?.aborted) void this[Symbol.asyncDispose]()
  }

  get current(): SessionHandle | undefined {
    return this.#current.handle
  }

  async create(init: SessionInit<object, object> = {}): Promise<SessionHandle> {
    this.#check()
    return this.#begin(newSession(init, Date.now(), this.#around), true)
  }

  async open(id: string): Promise<SessionHandle> {
    return (await this.#open(id)).handle
  }

  async switchTo(id: string, options?: { onBusy?: SwitchPolicy }): Promise<SessionHandle> {
    const { onBusy = 'background' } = optionsOf(options)
    const isLatest = this.#current.request()
    const { handle, state } = await this.#open(id)
    await this.#current.leave(handle, state, onBusy)
    if (isLatest()) this.#current.set(handle, state)
    return handle
  }

  async list(options?: ListOptions): Promise<SessionPage> {
    this.#check()
    const { limit = 50, cursor, order = 'desc', archived = false }: ListOptions = optionsOf(options)
    return this.#list.list({ limit, order, archived, cursor })
  }

  async search(text: string, options?: { limit?: number; cursor?: string | undefined }): Promise<SessionPage> {
    this.#check()
    checkString('text', text)
    const { limit = 50, cursor }: ListOptions = optionsOf(options)
    return readPage(this.#around.store, { text, limit, cursor }, this.#around.disposed)
  }

  async fork(id: string, options?: { atMessageId?: string }): Promise<SessionHandle> {
    const { atMessageId } = optionsOf(options)
    if (atMessageId !== undefined) checkString('atMessageId', atMessageId)
    return this.#begin(await this.copyOf(id, atMessageId), false)
  }

  async flush(): Promise<void> {
    this.#check()
    await Promise.all(this.#registry.states.map(state => state.flush()))
  }

  async acquireProcessingLock(
    expectedSessionId: string | null = null,
    options?: ProcessingLockOptions,
  ): Promise<ProcessingLock> {
    this.#check()
    return this.#current.lock(expectedSessionId, options)
  }

  async updateSessionData(
    updater: (data: SessionDataLike<object>) => SessionDataLike<object> | PromiseLike<SessionDataLike<object>>,
  ): Promise<void> {
    checkCallable('updater', updater)
    const session = this.current ?? (await this.create())
    const { id } = session
    const check = (next: SessionDataLike<object>): Pick<SessionDataLike<object>, 'messages'> => {
      checkObject(next, 'data')
      if (next.id === id) return { messages: next.messages }
      throw new ValidationError('id', `cannot change from ${id} to ${next.id}`)
    }
    await session.update(({ messages }) => {
      const next = updater(Object.freeze({ id, messages }))
      return isThenable(next) ? next.then(check) : check(next)
    })
  }

  getSessionData(): { readonly id: string | null; readonly messages: readonly StoredMessage[] } {
    return Object.freeze({ id: this.current?.id ?? null, messages: this.current?.messages ?? NO_MESSAGES })
  }

  on<Type extends SessionEventType>(type: Type, listener: (event: SessionEvent<Type>) => void): () => void {
    return this.#around.events.on(type, listener)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#end ??= this.#close()
    return this.#end
  }

  async #begin(session: NewSession, isCurrent: boolean): Promise<SessionHandle> {
    this.#check()
    const { id, title } = session
    if (this.#registry.get(id)) throw new ValidationError('id', `is taken by another session: ${id}`)
    if (isCurrent) this.#current.request()
    const { state, stored } = this.#registry.create(session)
    const handle = this.#handle(state)
    const undo = isCurrent ? this.#current.set(handle, state) : ignore
    try {
      await stored
    } catch (error) {
      undo()
      await handle[Symbol.asyncDispose]()
      throw error
    }
    this.#around.events.emit('session-created', { id, title })
    return handle
  }

  async #open(id: string): Promise<{ handle: SessionHandle; state: SessionState }> {
    this.#check()
    const { state, release } = await this.#registry.use(id)
    try {
      if (state.isDeleted) throw new SessionNotFoundError(id)
      this.#around.migrator.changesFor(state.view)
      return { handle: this.#handle(state), state }
    } finally {
      release()
    }
  }

  #handle(state: SessionState): SessionHandle {
    return new SessionHandle(state, this.#settings, handle => {
      if (handle === this.current) this.#current.set(undefined)
    })
  }

  #check(): void {
    if (this.#end !== undefined) throw new StoreError('closed', 'the session manager was disposed')
  }

  #watch(signal: AbortSignal | undefined): (() => void)[] {
    const { store, events } = this.#around
    const end = (): void => void this[Symbol.asyncDispose]()
    signal?.addEventListener('abort', end)
    const unwatch = store.watch?.(notice => {
      this.#registry.hear(notice)
      // A session that is open here tells of its changes itself.
      if (notice.version > 0 && !this.#registry.get(notice.id)) this.#list.refresh()
    })
    return [
      () => signal?.removeEventListener('abort', end),
      () => unwatch?.(),
      events.on('session-changed', ({ id, origin }: SessionEvent<'session-changed'>) => {
        const state = this.#registry.get(id)
        if (state) this.#list.put(state.session.confirmed.toSummary())
        else this.#list.refresh()
        if (origin === 'remote') this.#registry.recover(id)
      }),
      events.on('status-changed', ({ id, status }: SessionEvent<'status-changed'>) => {
        if (status !== 'error') return
        this.#list.refresh()
        const state = this.#registry.get(id)
        // One that was never stored was refused, not deleted.
        if (state?.session.confirmed.version) this.#current.end(state)
      }),
      watchPageLife(this.#registry),
    ]
  }

  /** What can be stored is stored; the rest is refused, so that nobody waits for it for ever. */
  async #close(): Promise<void> {
    const { states } = this.#registry
    for (const state of states) for (const writer of state.writers) writer.abort().catch(ignore)
    const reason = new StoreError('closed', 'the session manager was disposed')
    this.#closing.abort(reason)
    const flushed = Promise.allSettled(states.map(state => state.flush()))
    const flushing = new AbortController()
    await Promise.race([flushed, wait(LONGEST_OPERATION_MS, this.#around.clock, flushing.signal)])
    flushing.abort()
    this.#dispose.abort(reason)
    for (const state of states) state.close()
    for (const undo of this.#undo) undo()
    this.#around.events.clear()
  }
}
