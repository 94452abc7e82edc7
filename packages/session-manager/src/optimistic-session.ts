import { deepEqual } from './deep-equal.ts'
import { type Refusal, SessionBusyError, SessionNotFoundError } from './errors.ts'
import { freezeCopy } from './freeze-copy.ts'
import { checkSchemaVersion, schemaError } from './migrate.ts'
import { SessionRecord } from './session-record.ts'
import type { Change, StoredMessage, StoredSession } from './session-store.ts'
import { uniqueId } from './unique-id.ts'

/** What a turn's writes are fenced by; a turn that has ended in order takes the token away. */
export interface Fence {
  token: bigint | undefined
  /** The turn is over for what has not been sent to the store. */
  isClosed: boolean
  /** Collects what the turn has written. */
  readonly written: Change[]
  /** The store knows of a later turn. */
  readonly onRefused: () => void
}

/** Something to be written: how its changes are made, and who waits for it. */
export interface Write {
  /** Called again on each new base; what it throws is why this can never be committed. */
  readonly make: (base: SessionRecord) => readonly Change[]
  /** Given by the caller: this write is a commit of its own, known to the store by this id. */
  readonly operationId?: string | undefined
  /** The turn that it belongs to. */
  readonly fence?: Fence | undefined
  /** Made from what somebody has read: withdrawn when the base has changed, instead of being made again. */
  readonly once?: boolean
  /** Appends messages whatever else there is: a store need not refuse it because others have written. */
  readonly onLatest?: boolean
  /** Called when the store has had the operation from somebody else. */
  readonly onRepeat?: (() => void) | undefined
  /** Called when it can never be committed, before what was written after it is made again. */
  readonly onRefused?: ((error: unknown) => void) | undefined
  /** Allowed on a session that is deleted, or of another schema version. */
  readonly afterDelete?: boolean
}

interface PendingWrite extends Write {
  changes: readonly Change[] | undefined
  /** True: stored; false: withdrawn. */
  readonly resolve: (stored: boolean) => void
  readonly reject: (error: unknown) => void
}

/** Who is writing a message piece by piece. */
export interface LiveMessage {
  /** As it is shown; newer than anything pending. */
  readonly message: StoredMessage
  /** Others have changed it: what is not pending yet goes on top of that. */
  rebase(message: StoredMessage): void
}

/** Writes that go to the store in one commit. */
export interface Batch {
  readonly writes: number
  readonly operationId: string
  /** The operation id was given by the caller: others may have sent the same. */
  readonly isNamed: boolean
  readonly fence: Fence | undefined
  readonly changes: readonly Change[]
  readonly onLatest: boolean
}

/**
 * One session as its users see it: what the store has confirmed, with what is
 * pending on top. It does no I/O; `CommitQueue` moves writes from pending to
 * confirmed.
 */
export class OptimisticSession {
  readonly id: string
  confirmed: SessionRecord
  view: SessionRecord
  /** Grows with every change of the view. */
  revision = 0
  #pending: PendingWrite[] = []
  readonly #live = new Map<string, LiveMessage>()

  readonly schemaVersion: number
  /** The schema version that a newer app has brought it to. */
  #newer = 0

  constructor(id: string, schemaVersion = 0) {
    this.id = id
    this.schemaVersion = schemaVersion
    this.confirmed = new SessionRecord(id)
    this.view = this.confirmed.draft()
  }

  get pending(): number {
    return this.#pending.length
  }

  /** Why nothing can be written once it has ended; a new one for each who asks. */
  get endReason(): Refusal {
    return this.#newer > 0 ? schemaError(this.#newer, this.schemaVersion) : new SessionNotFoundError(this.id)
  }

  /** Tells whether nothing is pending any more of what is now. */
  barrier(): () => boolean {
    const writes = new Set(this.#pending)
    return () => !this.#pending.some(write => writes.has(write))
  }

  /** Shows the write at once; resolves when it is stored (true) or withdrawn (false). */
  add(write: Write, front = false): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const pending: PendingWrite = { ...write, changes: undefined, resolve, reject }
      if (front) {
        this.#pending.unshift(pending)
        this.#fold()
        return
      }
      for (const change of this.#make(pending)) {
        if (change.type === 'replace') this.#live.get(change.message.id)?.rebase(change.message)
      }
      this.#showLive()
      this.#pending.push(pending)
      if (pending.changes?.length) this.revision++
    })
  }

  /** The oldest writes that can go together, at most `max`; those of turns that are over are refused. */
  nextBatch(max: number): Batch {
    while (this.#pending[0]?.fence?.isClosed) this.refuse(1, () => new SessionBusyError('the turn is over'))
    const first = this.#pending[0]
    const writes: PendingWrite[] = []
    for (const write of this.#pending.slice(0, max)) {
      const joins = write.operationId === undefined && first?.operationId === undefined
      if (write !== first && !(joins && write.fence === first?.fence)) break
      writes.push(write)
    }
    const changes = writes.flatMap(write => write.changes ?? [])
    return {
      writes: writes.length,
      operationId: first?.operationId ?? uniqueId(),
      isNamed: first?.operationId !== undefined,
      fence: first?.fence,
      changes,
      // A title depends on what is there.
      onLatest: writes.every(write => write.onLatest) && changes.every(change => change.type === 'append'),
    }
  }

  /** The store has the batch, as the version after the confirmed one. */
  confirm(batch: Batch, version: number, updatedAt: number): void {
    for (const change of batch.changes) this.confirmed.apply(change)
    Object.assign(this.confirmed, { version, updatedAt })
    const tell = this.take(batch)
    const before = this.view
    this.view = this.confirmed.draft()
    for (const { changes } of this.#pending) this.#show(changes)
    this.#showLive()
    this.view.keepList(before)
    tell()
  }

  /** The batch is no longer pending; the returned function tells those who wait that it is stored. */
  take(batch: Batch, isForeign = false): () => void {
    const writes = this.#pending.splice(0, batch.writes)
    if (isForeign) for (const write of writes) write.onRepeat?.()
    return () => {
      for (const write of writes) write.resolve(true)
    }
  }

  /** The oldest writes can never be stored. */
  refuse(writes: number, reason: () => unknown): void {
    for (const write of this.#pending.splice(0, writes)) {
      const error = reason()
      write.onRefused?.(error)
      write.reject(error)
    }
    this.#fold()
  }

  /** Others have written: what is pending is made again on top of that. False when it was a newer app. */
  rebase(stored: StoredSession): boolean {
    const known = this.confirmed
    const { schemaVersion = 0 } = stored
    if (known.version > 0 && schemaVersion > this.schemaVersion) {
      this.#newer = schemaVersion
      return false
    }
    if (stored.version === known.version) {
      this.#fold()
      return true
    }
    const messages = stored.messages.map(message => {
      const before = known.message(message.id)
      return before && deepEqual(before, message) ? before : freezeCopy(message, 'message')
    })
    const metadata = deepEqual(known.metadata, stored.metadata)
      ? known.metadata
      : freezeCopy(stored.metadata, 'metadata')
    this.confirmed = SessionRecord.from({ ...stored, messages, metadata })
    this.#fold()
    return true
  }

  /** Others have written these changes, each a version after the one before. */
  catchUp(commits: readonly (readonly Change[])[]): void {
    const { confirmed } = this
    for (const changes of commits) {
      for (const change of freezeCopy(changes, 'changes')) confirmed.apply(change)
      confirmed.version++
    }
    confirmed.updatedAt = Math.max(confirmed.updatedAt, Date.now())
    this.#fold()
  }

  /** Shows the message of the writer in place of the one of that id, until the undo is called. */
  overlay(messageId: string, live: LiveMessage): () => void {
    this.#live.set(messageId, live)
    return () => void this.#live.delete(messageId)
  }

  /** The writer at the message has lost it: what it had not stored is not shown any more. */
  hide(messageId: string): void {
    if (this.#live.delete(messageId)) this.#fold(false)
  }

  /** The writer at the message has more of it. */
  show(message: StoredMessage): void {
    this.view.apply({ type: 'replace', message })
    this.revision++
  }

  isLive(messageId: string): boolean {
    return this.#live.has(messageId)
  }

  /** Shows what is pending on top of what is confirmed: made again, unless both are as they were. */
  #fold(isMadeAgain = true): void {
    const before = this.view
    this.view = this.confirmed.draft()
    for (const write of this.#pending.splice(0)) {
      try {
        if (!isMadeAgain) this.#show(write.changes)
        else if (write.once && write.changes) {
          write.resolve(false)
          continue
        } else this.#make(write)
        this.#pending.push(write)
      } catch (error) {
        write.reject(error)
      }
    }
    for (const [id, live] of this.#live) {
      const message = this.view.message(id)
      if (message) live.rebase(message)
    }
    this.#showLive()
    if (!this.view.keepSeen(before)) this.revision++
  }

  #make(write: PendingWrite): readonly Change[] {
    if (this.view.deletedAt !== undefined && !write.afterDelete) throw new SessionNotFoundError(this.id)
    if (!write.afterDelete) checkSchemaVersion(this.view.schemaVersion, this.schemaVersion)
    write.changes = write.make(this.view)
    this.#show(write.changes)
    write.fence?.written.push(...write.changes)
    return write.changes
  }

  #show(changes: readonly Change[] = []): void {
    for (const change of changes) this.view.apply(change)
  }

  #showLive(): void {
    for (const { message } of this.#live.values()) this.#show([{ type: 'replace', message }])
  }
}
