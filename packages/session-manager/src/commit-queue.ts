import { Mutex } from '@x/mutex'
import type { RetryDecision } from '@x/retry'
import { isRefusal, type Refusal, StoreError, toStoreError, ValidationError } from './errors.ts'
import type { SessionStatus } from './events.ts'
import { FlushWaits } from './flush-waits.ts'
import { Follower } from './follower.ts'
import { ignore } from './ignore.ts'
import { PATIENCE, withWriteLock } from './lock-scope.ts'
import type { Batch, OptimisticSession, Write } from './optimistic-session.ts'
import { persist } from './persist.ts'
import type { CommitAnswer, StoreNotice } from './session-store.ts'
import type { Surroundings } from './surroundings.ts'

/** Brings pending writes to the store: together what came together, again after a conflict, later when it cannot. */
export class CommitQueue {
  readonly #session: OptimisticSession
  readonly #around: Surroundings
  readonly #onChange: () => void
  /** One user of the store and of the confirmed state at a time; taken inside the write lock. */
  readonly #mutex = new Mutex()
  /** On its way. After a failure its outcome is unknown: nothing else happens until the store has answered it. */
  #batch: Batch | undefined
  /** The batch may be in the store already. */
  #isUnsure = false
  #maxBatch = Number.POSITIVE_INFINITY
  #conflicts = 0
  #commits = 0 // That this manager has stored.
  #failing = false
  /** The store has no such session any more, or another one of its id. */
  isGone = false
  idle = true
  #sleep: AbortController | undefined // While waiting for the next attempt.
  readonly #flushes = new FlushWaits()
  readonly #follower: Follower

  constructor(session: OptimisticSession, around: Surroundings, onChange: () => void) {
    this.#session = session
    this.#around = around
    this.#onChange = onChange
    this.#follower = new Follower(session, around)
  }

  get status(): SessionStatus {
    if (this.isGone || this.#session.confirmed.deletedAt !== undefined) return 'error'
    if (this.#failing) return 'unsaved'
    if (this.#conflicts > 0) return 'conflict'
    return this.#session.pending > 0 ? 'saving' : 'saved'
  }

  /** Shown at once, stored with what else is written in this tick. */
  write(write: Write): Promise<boolean> {
    if (this.isGone) return Promise.reject(this.#session.endReason)
    if (this.#around.closing.aborted) return Promise.reject(toStoreError(this.#around.closing.reason))
    const stored = this.#session.add(write)
    this.#drain()
    this.#onChange()
    return stored
  }

  hear(notice: StoreNotice): void {
    this.#follower.hear(notice)
    this.#drain()
  }

  /** Others may have written without our hearing of it. */
  look(): void {
    this.#follower.isStale = true
    this.#drain()
  }

  /** Commits in this very task, without the write lock: the page may be gone before that comes. Versions decide. */
  hurry(): void {
    if (!this.#mutex.isLocked()) this.#mutex.runExclusive(() => this.#step()).catch(ignore) // The drain tries again.
  }

  /** Resolves when nothing is pending of what is now; rejects when the store cannot now. */
  flush(): Promise<void> {
    if (this.idle) return Promise.resolve()
    this.#sleep?.abort()
    const isStored = this.#session.barrier()
    const isThere = this.#follower.barrier()
    return this.#flushes.add(() => isStored() && (this.isGone || isThere()))
  }

  /**
   * Runs `fn` while others wait to write to the session, on what the store has now, and stores what it makes.
   * `stored` is false when somebody whose wait was over has written meanwhile; `isOwn` tells that it was this manager.
   */
  alone(fn: () => Promise<Write>): Promise<{ readonly stored: Promise<boolean>; readonly isOwn?: boolean }> {
    return withWriteLock(this.#around.scope, this.#session.id, 'exclusive', this.#around.clock, async () => {
      await this.#mutex.runExclusive(() => this.#catchUp())
      const { version } = this.#session.confirmed
      const commits = this.#commits
      // Without the mutex: what `fn` waits for may be a write of its own.
      const made = await fn().then(
        write => ({ write }),
        (error: unknown) => ({ stored: Promise.reject(error) }),
      )
      if ('stored' in made) return made
      return this.#mutex.runExclusive(async () => {
        if (this.#batch || version !== this.#session.confirmed.version) {
          return { stored: Promise.resolve(false), isOwn: commits !== this.#commits }
        }
        const stored = this.#session.add(made.write, true)
        stored.catch(ignore) // It is the caller's, who gets it a little later.
        this.#maxBatch = 1
        await this.#step().catch(ignore)
        this.#drain()
        return { stored }
      })
    })
  }

  /** The manager is gone: what is pending stays unsaved. */
  close(): void {
    this.#sleep?.abort()
    this.#session.refuse(this.#session.pending, () => new StoreError('closed', 'the session manager was disposed'))
    this.#flushes.end()
  }

  /** Stores what is pending now, and looks at what others have written. */
  async #catchUp(): Promise<void> {
    const isStored = this.#session.barrier()
    this.#follower.isStale = true
    do await this.#step()
    while (!isStored())
    if (this.isGone) throw this.#session.endReason
  }

  #drain(): void {
    if (this.idle && this.#hasWork) void this.#run()
  }

  get #hasWork(): boolean {
    return this.#session.pending > 0 || this.#isBehind
  }

  async #run(): Promise<void> {
    this.idle = false
    await null // The writes of one tick go together.
    const { disposed } = this.#around
    while (!disposed.aborted && this.#hasWork) {
      const sleep = new AbortController()
      const attempt = (): Promise<void> => {
        this.#sleep = undefined
        return this.#locked(this.#conflicts < PATIENCE ? 'shared' : 'exclusive', () => this.#step())
      }
      const onRetry = (decision: RetryDecision): void => {
        this.#sleep = sleep
        this.failed(decision)
      }
      await persist(attempt, this.#around, { signal: sleep.signal, onRetry }).catch(ignore) // Woken up, or disposed.
      this.#flushes.check()
    }
    this.#conflicts = 0
    this.idle = true
    this.#flushes.end()
    this.#onChange()
  }

  #locked<T>(mode: 'shared' | 'exclusive', fn: () => Promise<T>): Promise<T> {
    const { scope, clock } = this.#around
    return withWriteLock(scope, this.#session.id, mode, clock, () => this.#mutex.runExclusive(fn))
  }

  get #isBehind(): boolean {
    return !this.isGone && this.#follower.isBehind
  }

  /** One look at what others have written, and one commit. Throws when the store cannot. */
  async #step(): Promise<void> {
    const session = this.#session
    if (!this.#batch && this.#isBehind) await this.#follow()
    if (session.pending === 0) return
    this.#batch ??= session.nextBatch(this.#maxBatch)
    const batch = this.#batch
    if (batch.changes.length > 0) return this.#commit(batch)
    this.#batch = undefined
    session.take(batch)()
  }

  async #commit(batch: Batch): Promise<void> {
    const { store, events, clock, disposed } = this.#around
    const { id, confirmed } = this.#session
    const { operationId, changes, fence, onLatest } = batch
    const { schemaVersion } = this.#session
    const startedAt = clock.now()
    try {
      const expectedVersion = confirmed.version || null
      const commit = { expectedVersion, operationId, fencingToken: fence?.token, changes, onLatest, schemaVersion }
      const answer = await store.commit(id, commit, { signal: disposed })
      const { version } = answer
      await this.#stored(batch, answer)
      events.emit('commit-stored', { id, version, operationId, changes, durationMs: clock.now() - startedAt })
    } catch (error) {
      if (!isRefusal(error)) {
        this.#isUnsure = true
        throw error
      }
      this.#refused(batch, error)
    }
  }

  async #stored(batch: Batch, { version, isRepeat, updatedAt = Date.now() }: CommitAnswer): Promise<void> {
    const before = this.#session.confirmed.version
    const isForeign = batch.isNamed && isRepeat !== false
    const isUnsure = this.#isUnsure
    this.#answered()
    this.#conflicts = 0
    this.#maxBatch = Number.POSITIVE_INFINITY
    this.#commits++
    if (before === 0 || (version === before + 1 && !isForeign)) {
      this.#session.confirm(batch, version, updatedAt)
      if (batch.changes.some(change => change.type === 'purge')) this.#end()
      this.#onChange()
      this.#around.events.emit('session-changed', { id: this.#session.id, version, origin: 'local' })
      return
    }
    // The store may know the operation from earlier: what it made of it is in the store, not in `changes`.
    const resolve = this.#session.take(batch, isRepeat && !isUnsure)
    this.#follower.isStale = true
    await this.#follow().finally(resolve)
  }

  /** The store has told what became of the batch. */
  #answered(): void {
    this.#batch = undefined
    this.#isUnsure = false
    this.#failing = false
  }

  #refused(batch: Batch, error: Refusal): void {
    const session = this.#session
    this.#answered()
    if (error.code === 'SESSION_BUSY') batch.fence?.onRefused()
    if (error.code === 'VERSION_CONFLICT' && session.confirmed.version > 0) {
      const { expected, actual } = error
      this.#conflicts++
      this.#follower.hear({ version: actual ?? 0 })
      // It is not above ours: the store has another session, or an older one.
      if (!this.#follower.isBehind) this.#follower.isStale = true
      this.#around.events.emit('commit-conflicted', { id: session.id, expected, actual })
    } else if (error.code === 'VERSION_CONFLICT') {
      this.#end(() => new ValidationError('id', `is taken by another session: ${session.id}`, { cause: error }))
    } else if (batch.writes > 1) {
      this.#maxBatch = 1 // One of them is at fault: they go one by one.
    } else session.refuse(1, () => error)
    this.#onChange()
  }

  async #follow(): Promise<void> {
    const { id, confirmed } = this.#session
    const before = confirmed.version
    if (!(await this.#follower.catchUp())) this.#end()
    const { version } = this.#session.confirmed
    this.#failing = false
    this.#onChange()
    if (version > before) this.#around.events.emit('session-changed', { id, version, origin: 'remote' })
  }

  /** There is no such session any more, or none that this app may write to. */
  #end(reason = (): Refusal => this.#session.endReason): void {
    this.isGone = true
    this.#session.refuse(this.#session.pending, reason)
  }

  /** The store cannot now, and is asked again later. */
  failed({ error: reason, attempt, delayMs }: RetryDecision): void {
    const error = toStoreError(reason)
    this.#failing = true
    this.#around.events.emit('commit-failed', { id: this.#session.id, error, attempt, delayMs })
    this.#flushes.fail(error)
    this.#onChange()
  }
}
