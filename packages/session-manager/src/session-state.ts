import type { RetryDecision } from '@x/retry'
import { checkCallable, checkOption } from './check-option.ts'
import { CommitQueue } from './commit-queue.ts'
import { addListener } from './emitter.ts'
import { ValidationError, VersionConflictError } from './errors.ts'
import type { SessionStatus } from './events.ts'
import { ignore } from './ignore.ts'
import { keepSame } from './keep-same.ts'
import { PATIENCE } from './lock-scope.ts'
import { diffChanges } from './message-changes.ts'
import { type Fence, OptimisticSession, type Write } from './optimistic-session.ts'
import { persist } from './persist.ts'
import { rollBackChanges } from './roll-back.ts'
import type { NextContent, SessionSnapshot } from './session.ts'
import type { RecordContent, SessionRecord } from './session-record.ts'
import type { Change } from './session-store.ts'
import type { Surroundings } from './surroundings.ts'
import type { Turn, TurnSession, TurnStart } from './turn.ts'
import { TurnLock, type TurnOptions } from './turn-lock.ts'
import { turnIsOver, type Writer } from './writer.ts'

type Snapshot = SessionSnapshot<object, object>

/** What all handles of one session share: its state, the way to the store, its turn, its listeners. */
export class SessionState implements TurnSession {
  readonly id: string
  readonly session: OptimisticSession
  readonly queue: CommitQueue
  readonly turns: TurnLock
  readonly around: Surroundings
  /** Messages that are being written here. */
  readonly writers: Set<Writer> = new Set()
  /** Messages that are being written elsewhere, and whose writer's end is waited for. */
  readonly watched: Set<string> = new Set()
  readonly #listeners = new Set<() => void>()
  readonly #onChange: () => void
  #snapshot: Snapshot | undefined
  #status: SessionStatus = 'saved'
  /** The releases of handles, subscriptions, writers and turns that need it. */
  readonly #users = new Set<() => void>()

  constructor(id: string, around: Surroundings, onChange: () => void) {
    this.id = id
    this.around = around
    this.#onChange = onChange
    this.session = new OptimisticSession(id, around.migrator.schemaVersion)
    this.queue = new CommitQueue(this.session, around, () => this.changed())
    this.turns = new TurnLock(id, around, this)
  }

  get view(): SessionRecord {
    return this.session.view
  }

  get content(): TurnStart {
    return { ...this.view.content, titleSource: this.view.titleSource }
  }

  /** Brings what an older app has stored to the shape of this one, in a commit of its own. */
  migrate(): void {
    const { migrator } = this.around
    const make = (base: SessionRecord): readonly Change[] => migrator.changesFor(base)
    // What cannot be migrated stays as it is stored: `open` says why.
    if (this.view.schemaVersion < migrator.schemaVersion) this.write({ make, afterDelete: true }).catch(ignore)
  }

  get isDeleted(): boolean {
    return this.view.deletedAt !== undefined || this.queue.status === 'error'
  }

  /** Nobody uses it and nothing is left to store. */
  get isFree(): boolean {
    return this.#users.size === 0 && this.queue.idle
  }

  /** Keeps the state alive until the returned function is called. */
  retain(): () => void {
    const release = (): void => {
      if (this.#users.delete(release)) this.#onChange()
    }
    this.#users.add(release)
    return release
  }

  async write(write: Write): Promise<void> {
    this.journal() // It may be made from text that is only shown.
    await this.queue.write(write)
  }

  /** Streamed text that is not in the journal yet goes there. */
  journal(): void {
    for (const writer of this.writers) writer.journal()
  }

  /** Resolves when all that is shown is stored. */
  flush(): Promise<void> {
    this.journal()
    return this.queue.flush()
  }

  refresh(): Promise<void> {
    this.queue.look()
    return this.queue.flush().catch(ignore) // What cannot be had now is had before the next commit.
  }

  endWriters(fence: Fence): void {
    for (const writer of this.writers) {
      if (writer.fence === fence) writer.cut(turnIsOver())
    }
  }

  /** It is no more: who works on it is told. */
  end(): void {
    const reason = this.session.endReason
    this.turns.active?.interrupt(reason)
    for (const writer of this.writers) writer.cut(reason)
  }

  close(): void {
    this.turns.active?.close(this.around.disposed.reason)
    this.queue.close()
  }

  getSnapshot(): Snapshot {
    const { messages, title, metadata } = this.view
    const { version } = this.session.confirmed
    const { status } = this.queue
    this.#snapshot = keepSame(this.#snapshot, { messages, title, metadata, status, version })
    return this.#snapshot
  }

  subscribe(listener: () => void): () => void {
    const remove = addListener(this.#listeners, listener)
    const release = this.retain()
    return () => {
      remove()
      release()
    }
  }

  changed(): void {
    const { status } = this.queue
    if (status !== this.#status) {
      this.#status = status
      this.around.events.emit('status-changed', { id: this.id, status })
    }
    this.around.events.callEach(this.#listeners)
    this.#onChange()
  }

  /** Waits for the turn, and takes back what the one before has written when it is to be rolled back. */
  async takeTurn(options: TurnOptions): Promise<Turn> {
    const { onBusy = this.around.onBusy } = options
    const before = onBusy === 'rollback' ? this.turns.active : undefined
    const turn = await this.turns.acquire({ ...options, onBusy })
    if (this.isDeleted) {
      turn.end()
      throw this.session.endReason
    }
    // A lost one had to do with whoever took its place.
    if (before && !before.isLost) {
      void this.takeBack(before)
      turn.start = this.content
    }
    return turn
  }

  async takeBack({ start, fence: { written } }: Turn, fence?: Fence): Promise<void> {
    this.write({ make: base => rollBackChanges(base, start, written), fence }).catch(ignore)
    await this.flush().catch(ignore)
  }

  /** Runs the recipe on what the session holds, again when that has changed meanwhile. */
  async update(recipe: Recipe, expectedVersion: number | undefined, fence: Fence | undefined): Promise<void> {
    checkCallable('recipe', recipe)
    const isVersion = expectedVersion === undefined || Number.isInteger(expectedVersion)
    checkOption(isVersion, 'expectedVersion', expectedVersion, 'an integer', 'number')
    if (expectedVersion !== undefined) await persist(() => this.queue.flush(), this.around)
    for (let conflicts = 0, ownConflicts = 0; ; conflicts++) {
      this.#expect(expectedVersion)
      if (conflicts < PATIENCE) {
        if (await this.#attempt(recipe, fence)) return
        continue
      }
      const { stored, isOwn } = await this.#attemptAlone(recipe, fence)
      if (await stored) return
      if (isOwn && ++ownConflicts === PATIENCE) {
        throw new ValidationError(
          'recipe',
          'was overtaken by writes of its own manager each time; is it waiting for one?',
        )
      }
    }
  }

  #attempt(recipe: Recipe, fence: Fence | undefined): Promise<boolean> {
    this.journal()
    const { revision } = this.session
    const next = recipe(this.view.content)
    const write = (next: Next): boolean | Promise<boolean> =>
      revision === this.session.revision && this.queue.write(this.#toWrite(next, fence))
    // A recipe that does not wait is seen at once.
    return isThenable(next) ? Promise.resolve(next).then(write) : Promise.resolve(write(next))
  }

  #attemptAlone(recipe: Recipe, fence: Fence | undefined): ReturnType<CommitQueue['alone']> {
    const make = async (): Promise<Write> => this.#toWrite(await recipe(this.session.confirmed.content), fence)
    const onRetry = (decision: RetryDecision): void => this.queue.failed(decision)
    return persist(() => this.queue.alone(make), this.around, { onRetry })
  }

  #toWrite(next: Next, fence: Fence | undefined): Write {
    return { make: base => diffChanges(base, next, this.around.validate), once: true, fence }
  }

  #expect(version: number | undefined): void {
    const actual = this.session.confirmed.version
    if (version !== undefined && version !== actual) throw new VersionConflictError(version, actual)
  }
}

type Next = NextContent<object, object>
type Recipe = (content: RecordContent) => Next | PromiseLike<Next>

export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | null | undefined)?.then === 'function'
}
