/// <reference lib="esnext.disposable" preserve="true" />
import { describe } from './check-option.ts'
import { textOf } from './delta-text.ts'
import { SessionBusyError, ValidationError } from './errors.ts'
import { freezeCopy } from './freeze-copy.ts'
import { holdLock } from './hold-lock.ts'
import { ignore } from './ignore.ts'
import { Journal } from './journal.ts'
import { appendChanges } from './message-changes.ts'
import type { MessageWriter, WriterSettings } from './message-writer.ts'
import type { Fence, LiveMessage } from './optimistic-session.ts'
import { checkObject, prepareMessage } from './prepare-message.ts'
import { interrupt } from './recover-streams.ts'
import { appendText, type SessionRecord } from './session-record.ts'
import type { SessionState } from './session-state.ts'
import type { Change, MessageStatus, StoredMessage } from './session-store.ts'

/** A message that is being written here: how it begins, grows in memory and in the journal, and ends. */
export class Writer implements MessageWriter, LiveMessage {
  readonly messageId: string
  readonly #state: SessionState
  readonly fence: Fence | undefined
  readonly #settings: WriterSettings
  readonly #release: () => void
  readonly #hide: () => void
  #message: StoredMessage
  #pieces = 0
  readonly #journal: Journal
  /** Why nothing more can be written. */
  #failure: unknown
  /** Nothing more of this goes into the message: somebody else is writing it, or a part of it was refused. */
  #isOut = false
  #end: Promise<StoredMessage> | undefined

  constructor(
    state: SessionState,
    message: object,
    operationId: string | undefined,
    settings: WriterSettings,
    fence: Fence | undefined,
  ) {
    this.#state = state
    this.#settings = settings
    this.fence = fence
    this.#journal = new Journal(state.around.clock, settings.autosave, () => this.journal())
    this.#message = this.#begin(message, operationId)
    this.messageId = this.#message.id
    this.#release = this.#takeLock()
    this.#hide = state.session.overlay(this.messageId, this)
    state.writers.add(this)
  }

  get message(): StoredMessage {
    return this.#message
  }

  write(delta: unknown): void {
    this.#check()
    const { applyDelta } = this.#settings
    if (applyDelta) {
      const { id, status = 'streaming' } = this.#message
      const next = applyDelta(this.#message, delta as never)
      checkObject(next, 'applyDelta()')
      this.#message = freezeCopy({ ...next, id, status }, 'message')
    } else {
      if (typeof delta !== 'string')
        throw new ValidationError('delta', `must be a string unless \`applyDelta\` is given, got ${describe(delta)}`)
      const { content } = this.#message as { content?: unknown }
      if (typeof content !== 'string' && content !== undefined && content !== null) {
        throw new ValidationError('message.content', 'is no text that more could be added to: give `applyDelta`')
      }
      if (delta === '') return
      this.#message = appendText(this.#message, delta)
    }
    this.#state.session.show(this.#message)
    this.#state.changed()
    this.#journal.add(textOf(delta))
  }

  complete(): Promise<StoredMessage> {
    return this.#finish('complete')
  }

  fail(_error?: unknown): Promise<StoredMessage> {
    return this.#finish('failed')
  }

  abort(): Promise<StoredMessage> {
    return this.#finish('interrupted')
  }

  /** Puts what is shown into the journal. */
  journal(): void {
    this.#journal.stop()
    if (!this.#journal.isDirty || this.#end !== undefined) return
    const delta = this.#journal.take()
    const change: Change = this.#settings.applyDelta
      ? { type: 'replace', message: this.#message }
      : { type: 'delta', messageId: this.messageId, n: this.#pieces++, delta }
    let isRefused = false
    const onRefused = (error: unknown): void => {
      isRefused = error instanceof ValidationError
      this.#leave(error)
    }
    this.#state
      .write({ make: base => (this.#isIn(base) ? [change] : []), fence: this.fence, onRefused })
      .catch(error => {
        this.#lose(error)
        if (isRefused) interrupt(this.#state, this.messageId)
      })
  }

  rebase(message: StoredMessage): void {
    if (message === this.#message) return
    const base: StoredMessage = freezeCopy({ ...message, status: 'streaming' }, 'message')
    if (!this.#journal.isDirty) this.#message = base
    else if (!this.#settings.applyDelta) this.#message = appendText(base, this.#journal.text)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort().catch(ignore)
  }

  [Symbol.dispose](): void {
    this.abort().catch(ignore)
  }

  /** It ends here, as `interrupted`, and whoever goes on writing gets the reason. */
  cut(reason: unknown): void {
    this.abort().catch(ignore)
    this.#failure ??= reason
  }

  #begin(message: object, operationId: string | undefined): StoredMessage {
    const { content = '' } = message as { content?: unknown }
    const prepared = prepareMessage(
      this.#settings.applyDelta ? message : { ...message, content },
      'message',
      same => same, // It is not whole yet.
      operationId,
    )
    const { id } = prepared
    const { session, view } = this.#state
    const isTaken = (): ValidationError => new ValidationError('message.id', `is taken: ${id}`)
    const before = view.message(id)
    if (before && (before.status === undefined || before.status === 'complete' || session.isLive(id))) throw isTaken()
    // An interrupted message is taken up where it ended.
    const streaming: StoredMessage = freezeCopy({ ...(before ?? prepared), status: 'streaming' as const }, 'message')
    const known = session.confirmed.message(id)
    this.#state
      .write({
        make: base => {
          const now = session.confirmed.message(id)
          // Somebody else has got it since.
          if (now && now !== known && now.status !== 'interrupted' && now.status !== 'failed') throw isTaken()
          return base.message(id) ? [{ type: 'replace', message: streaming }] : appendChanges(base, [streaming])
        },
        operationId,
        fence: this.fence,
        onRepeat: before ? undefined : () => this.#lose(isTaken(), true),
        onRefused: error => this.#leave(error),
      })
      .catch(error => this.#lose(error))
    return streaming
  }

  /** Held while the message is being written: whoever else gets it knows that the writer is gone. */
  #takeLock(): () => void {
    const { locks, prefix } = this.#state.around.scope
    const release = this.#state.retain()
    // A lock manager that fails stops nobody from writing.
    const lock = holdLock(locks, `${prefix}writer:${this.#state.id}:${this.messageId}`, {}).catch(ignore)
    return () => {
      void lock.then(held => held?.release())
      release()
    }
  }

  #isIn(base: SessionRecord): boolean {
    if (this.#isOut) throw this.#failure
    return base.message(this.messageId) !== undefined
  }

  #check(): void {
    if (this.#state.isDeleted) this.#lose(this.#state.session.endReason)
    if (this.#failure !== undefined) throw this.#failure
    if (this.#end !== undefined) throw new ValidationError('message', `has ended: ${this.messageId}`)
    if (!this.#state.view.message(this.messageId))
      throw new ValidationError('message', `was removed: ${this.messageId}`)
  }

  #leave(error: unknown): void {
    this.#isOut = true
    this.#failure ??= error
  }

  /** What it has written can never be stored, as after a deletion or the loss of its turn. */
  #lose(error: unknown, isOut = this.#isOut): void {
    this.#isOut = isOut
    this.#failure ??= error
    this.#journal.stop()
    this.#state.writers.delete(this)
    this.#state.session.hide(this.messageId)
    this.#state.changed()
    this.#release()
  }

  #finish(status: MessageStatus): Promise<StoredMessage> {
    this.#end ??= this.#store(status)
    return this.#end
  }

  async #store(status: MessageStatus): Promise<StoredMessage> {
    const { messageId } = this
    this.journal()
    this.#hide()
    this.#state.writers.delete(this)
    if (this.#failure !== undefined) throw this.#failure
    try {
      await this.#state.write({
        make: base => {
          const before = this.#isIn(base) && base.message(messageId)
          if (!before)
            throw this.fence?.isClosed ? turnIsOver() : new ValidationError('message', `was removed: ${messageId}`)
          // With what others have made of it.
          this.#message = freezeCopy({ ...before, status }, 'message')
          return [{ type: 'replace', message: this.#message }]
        },
        fence: this.fence,
      })
      return this.#message
    } finally {
      this.#release()
    }
  }
}

export function turnIsOver(): SessionBusyError {
  return new SessionBusyError('the turn of this message is over')
}
