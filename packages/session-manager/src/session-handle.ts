/// <reference lib="esnext.disposable" preserve="true" />
import { DeadlockError } from '@x/mutex'
import { checkCallable, checkOperationId, checkString, optionsOf } from './check-option.ts'
import { doneWriter } from './done-writer.ts'
import { StoreError, toStoreError, ValidationError } from './errors.ts'
import type { SessionEvent, SessionEventType, SessionStatus } from './events.ts'
import { ignore } from './ignore.ts'
import { appendChanges, editChanges, truncateChanges } from './message-changes.ts'
import type { MessageWriter, WriterSettings } from './message-writer.ts'
import type { Write } from './optimistic-session.ts'
import { checkObject, prepareMessage } from './prepare-message.ts'
import { isWrittenElsewhere } from './recover-streams.ts'
import type { NextContent, Session, SessionContent, TurnContext } from './session.ts'
import type { SessionState } from './session-state.ts'
import type { StoredMessage } from './session-store.ts'
import type { Turn } from './turn.ts'
import type { TurnOptions } from './turn-lock.ts'
import { Writer } from './writer.ts'

type Next = NextContent<object, object>

/** A handle that nobody holds any more lets its session go, as if it had been disposed; that session may be gone too. */
const abandoned = /* @__PURE__ */ new FinalizationRegistry<WeakRef<() => void>>(release => release.deref()?.())

/** A session as its user holds it; several handles share one state. */
export class SessionHandle implements Session {
  readonly #state: SessionState
  readonly #settings: WriterSettings
  readonly #turn: Turn | undefined
  readonly #onDispose: (handle: SessionHandle) => void
  readonly #release: () => void
  #isDisposed = false

  // Properties, so that they can be handed over without their session.
  readonly subscribe: Session['subscribe'] = listener => this.#state.subscribe(listener)
  readonly getSnapshot: Session['getSnapshot'] = () => this.#state.getSnapshot()

  constructor(
    state: SessionState,
    settings: WriterSettings,
    onDispose: (handle: SessionHandle) => void = ignore,
    turn?: Turn,
  ) {
    this.#state = state
    this.#settings = settings
    this.#onDispose = onDispose
    this.#turn = turn
    this.#release = state.retain()
    abandoned.register(this, new WeakRef(this.#release))
  }

  get id(): string {
    return this.#state.id
  }

  get version(): number {
    return this.#state.session.confirmed.version
  }

  get messages(): readonly StoredMessage[] {
    return this.#state.view.messages
  }

  get title(): string {
    return this.#state.view.title
  }

  get metadata(): object {
    return this.#state.view.metadata
  }

  get status(): SessionStatus {
    return this.#state.queue.status
  }

  async append(messages: object | readonly object[], options?: { operationId?: string }): Promise<StoredMessage[]> {
    const { operationId } = optionsOf(options)
    checkOperationId(operationId)
    const list = Array.isArray(messages) ? messages : [messages]
    const { validate } = this.#state.around
    const prepare = (message: object, index: number): StoredMessage =>
      prepareMessage(message, nameOf(messages, index), validate, operationId, index)
    const prepared = list.map(prepare)
    await this.#write({ make: base => appendChanges(base, prepared), operationId, onLatest: true })
    return prepared.map(message => this.#state.session.confirmed.message(message.id) ?? message)
  }

  async edit(messageId: string, change: object | ((message: StoredMessage) => object)): Promise<StoredMessage> {
    checkString('messageId', messageId)
    const stored = this.#write({ make: base => editChanges(base, messageId, change, this.#state.around.validate) })
    const shown = this.#state.view.message(messageId)
    await stored
    return shown as StoredMessage
  }

  async remove(messageId: string): Promise<void> {
    checkString('messageId', messageId)
    await this.#write({ make: base => (base.message(messageId) ? [{ type: 'remove', messageId }] : []) })
  }

  async truncateAfter(messageId: string): Promise<void> {
    checkString('messageId', messageId)
    await this.#write({ make: base => truncateChanges(base, messageId) })
  }

  async update(
    recipe: (content: SessionContent<object, object>) => Next | PromiseLike<Next>,
    options?: { expectedVersion?: number },
  ): Promise<void> {
    const { expectedVersion } = optionsOf(options)
    this.#check()
    await this.#state.update(recipe, expectedVersion, this.#turn?.fence)
  }

  async stream(message: object = {}, options?: { operationId?: string }): Promise<MessageWriter> {
    const { operationId } = optionsOf(options)
    this.#check()
    checkObject(message, 'message')
    checkOperationId(operationId)
    const { id = operationId && `${operationId}:0` } = message as { readonly id?: string }
    const before = id === undefined ? undefined : this.#state.view.message(id)
    if (before?.status === 'complete' && operationId !== undefined) return doneWriter(before)
    // A turn has it from the turn before.
    if (before && !this.#turn && (await isWrittenElsewhere(this.#state, before.id))) {
      throw new ValidationError('message.id', `is being written elsewhere: ${before.id}`)
    }
    return new Writer(this.#state, message, operationId, this.#settings, this.#turn?.fence)
  }

  async turn<T>(fn: (turn: TurnContext<object, object>) => T | PromiseLike<T>, options?: TurnOptions): Promise<T> {
    const given: TurnOptions = optionsOf(options)
    checkCallable('fn', fn)
    this.#check()
    if (this.#turn && !this.#turn.isFree) {
      const { owner = 'this turn' } = this.#turn
      throw new DeadlockError([{ owner, lock: `the turn of session ${this.id}, which it has` }])
    }
    const release = this.#state.retain()
    try {
      const turn = await this.#state.takeTurn(given)
      const session = new SessionHandle(this.#state, this.#settings, ignore, turn)
      const abort = (): void => turn.abort(given.signal?.reason)
      given.signal?.addEventListener('abort', abort)
      try {
        given.signal?.throwIfAborted() // Between the grant and now.
        return await fn({ signal: turn.signal, session, fencingToken: turn.fencingToken })
      } finally {
        given.signal?.removeEventListener('abort', abort)
        // What it has written is stored before the next turn reads, unless the store cannot.
        turn.endWriters()
        await this.#state.queue.flush().catch(ignore)
        turn.end()
        session.#release()
      }
    } finally {
      release()
    }
  }

  on<Type extends SessionEventType>(type: Type, listener: (event: SessionEvent<Type>) => void): () => void {
    checkCallable('listener', listener)
    const { events } = this.#state.around
    return events.on(type, (event: SessionEvent<Type>) => (event.id === this.id ? listener(event) : undefined))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isDisposed) return
    this.#isDisposed = true
    await this.#state.flush().catch(ignore)
    this.#release()
    this.#onDispose(this)
  }

  #write(write: Write): Promise<void> {
    this.#check()
    return this.#state.write({ ...write, fence: this.#turn?.fence })
  }

  #check(): void {
    const { closing } = this.#state.around
    if (closing.aborted) throw toStoreError(closing.reason)
    if (this.#isDisposed) throw new StoreError('closed', `this handle of session "${this.id}" was disposed`)
  }
}

function nameOf(messages: object, index: number): string {
  return Array.isArray(messages) ? `messages[${index}]` : 'message'
}
