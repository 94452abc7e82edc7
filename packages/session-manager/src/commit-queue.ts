import { Mutex } from '@x/mutex'
import { retry } from '@x/retry'
import { isRefusal, type Refusal, SessionNotFoundError, StoreError, toStoreError, ValidationError } from './errors.ts'
import type { SessionStatus } from './events.ts'
import { PATIENCE, withWriteLock } from './lock-scope.ts'
import type { Batch, OptimisticSession, Write } from './optimistic-session.ts'
import type { Change, StoreNotice } from './session-store.ts'
import type { Surroundings } from './surroundings.ts'

/**
 * Brings the pending writes of one session to its store, one commit at a time:
 * together what came together, again after a conflict, later when the store cannot.
 */
export class CommitQueue {
  readonly #session: OptimisticSession
  readonly #around: Surroundings
  readonly #onChange: () => void
  /** One user of the store and of the confirmed state at a time; taken inside the write lock. */
  readonly #mutex = new Mutex()
  /** On its way. After a failure its outcome is unknown: nothing else happens until the store has answered it. */
  #batch: Batch | undefined
  #maxBatch = Number.POSITIVE_INFINITY
  #conflicts = 0
  /** The newest version that anybody has told of. */
  #heard = 0
  /** What led to versions that are not confirmed yet, as far as it was told. */
  readonly #told = new Map<number, readonly Change[]>()
  #stale = false
  #failing = false
  #gone = false
  #draining = false
  #sleep: AbortController | undefined // While waiting for the next attempt.
  #flushes: { resolve(): void; reject(error: unknown): void }[] = []

  constructor(session: OptimisticSession, around: Surroundings, onChange: () => void) {
    this.#session = session
    this.#around = around
    this.#onChange = onChange
  }

  get status(): SessionStatus {
    if (this.#gone || this.#session.confirmed.deletedAt !== undefined) return 'error'
    if (this.#failing) return 'unsaved'
    if (this.#conflicts > 0) return 'conflict'
    return this.#session.pending > 0 ? 'saving' : 'saved'
  }

  get idle(): boolean {
    return !this.#draining
  }

  /** Shown at once, stored with what else is written in this tick. */
  write(write: Write): Promise<boolean> {
    if (this.#gone) return Promise.reject(new SessionNotFoundError(this.#session.id))
    if (this.#around.disposed.aborted) return Promise.reject(toStoreError(this.#around.disposed.reason))
    const stored = this.#session.add(write)
    if (this.#session.pending > 0) this.#drain()
    this.#onChange()
    return stored
  }

  /** Somebody says that the session has this version. */
  hear({ version, changes }: StoreNotice): void {
    this.#heard = Math.max(this.#heard, version)
    if (changes && version > this.#session.confirmed.version) this.#told.set(version, changes)
    if (this.#isBehind()) this.#drain()
  }

  /** Others may have written without our hearing of it. */
  look(): void {
    this.#stale = true
    if (this.#isBehind()) this.#drain()
  }

  /** Resolves when nothing is pending; rejects when the store cannot now. */
  flush(): Promise<void> {
    if (this.idle) return Promise.resolve()
    this.#sleep?.abort()
    return new Promise((resolve, reject) => this.#flushes.push({ resolve, reject }))
  }

  /**
   * Runs `fn` while nobody else writes to the session, on what the store has now
   * and with nothing pending before it, and stores what it makes.
   */
  async alone(fn: () => Promise<Write>): Promise<boolean> {
    const { stored } = await this.#locked('exclusive', async () => {
      this.#stale = true
      do await this.#step()
      while (this.#session.pending > 0)
      if (this.#gone) throw new SessionNotFoundError(this.#session.id)
      const stored = this.#session.add(await fn(), true)
      stored.catch(() => {}) // It is the caller's, who gets it a little later.
      this.#maxBatch = 1
      await this.#step().catch(() => this.#drain())
      return { stored }
    })
    return await stored
  }

  /** The manager is gone: what is pending stays unsaved. */
  close(): void {
    this.#sleep?.abort()
    this.#session.refuse(this.#session.pending, () => new StoreError('closed', 'the session manager was disposed'))
    this.#settleFlushes()
  }

  #drain(): void {
    if (this.#draining) return
    this.#draining = true
    void this.#run()
  }

  async #run(): Promise<void> {
    await null // The writes of one tick go together.
    const { disposed, clock } = this.#around
    while (!disposed.aborted && (this.#session.pending > 0 || this.#isBehind())) {
      const sleep = new AbortController()
      const attempt = (): Promise<void> => {
        this.#sleep = undefined
        return this.#locked(this.#conflicts < PATIENCE ? 'shared' : 'exclusive', () => this.#step())
      }
      await retry(attempt, {
        maxRetries: Number.POSITIVE_INFINITY,
        baseDelayMs: 250,
        maxDelayMs: 5000,
        shouldRetry: () => !disposed.aborted,
        signal: sleep.signal,
        clock,
        onRetry: ({ error, attempt, delayMs }) => {
          this.#sleep = sleep
          this.#failed(toStoreError(error), attempt, delayMs)
        },
      }).catch(() => {}) // Woken up, or disposed: the loop sees which.
    }
    this.#draining = false
    this.#settleFlushes()
    this.#onChange()
  }

  #locked<T>(mode: 'shared' | 'exclusive', fn: () => Promise<T>): Promise<T> {
    const { scope, clock } = this.#around
    return withWriteLock(scope, this.#session.id, mode, clock, () => this.#mutex.runExclusive(fn))
  }

  #isBehind(): boolean {
    const { version } = this.#session.confirmed
    return !this.#gone && version > 0 && (this.#stale || this.#heard > version)
  }

  /** One look at what others have written, and one commit. Throws when the store cannot. */
  async #step(): Promise<void> {
    const session = this.#session
    if (!this.#batch && this.#isBehind()) await this.#reload()
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
    const { operationId, changes, fence } = batch
    const startedAt = clock.now()
    try {
      const commit = { expectedVersion: confirmed.version || null, operationId, fencingToken: fence?.token, changes }
      const { version } = await store.commit(id, commit, { signal: disposed })
      await this.#stored(batch, version)
      events.emit('commit-stored', { id, version, operationId, changes, durationMs: clock.now() - startedAt })
    } catch (error) {
      if (!isRefusal(error)) throw error
      this.#refused(batch, error)
    }
  }

  async #stored(batch: Batch, version: number): Promise<void> {
    const before = this.#session.confirmed.version
    this.#batch = undefined
    this.#failing = false
    this.#conflicts = 0
    this.#maxBatch = Number.POSITIVE_INFINITY
    if (before === 0 || version === before + 1) {
      this.#session.confirm(batch, version)
      if (batch.changes.some(change => change.type === 'purge')) this.#end()
      this.#onChange()
      this.#around.events.emit('session-changed', { id: this.#session.id, version, origin: 'local' })
      return
    }
    // The store knew the operation from earlier: what it made of it is in the store, not in `changes`.
    const resolve = this.#session.take(batch)
    this.#stale = true
    await this.#reload().finally(resolve)
  }

  #refused(batch: Batch, error: Refusal): void {
    const session = this.#session
    this.#batch = undefined
    this.#failing = false
    if (error.code === 'VERSION_CONFLICT' && session.confirmed.version > 0) {
      const { expected, actual } = error
      this.#conflicts++
      if (actual === null || actual <= session.confirmed.version) this.#stale = true
      else this.#heard = Math.max(this.#heard, actual)
      this.#around.events.emit('commit-conflicted', { id: session.id, expected, actual })
    } else if (error.code === 'VERSION_CONFLICT') {
      this.#gone = true
      const reason = () => new ValidationError('id', `is taken by another session: ${session.id}`, { cause: error })
      session.refuse(session.pending, reason)
    } else if (batch.writes > 1) {
      this.#maxBatch = 1 // One of them is at fault: they go one by one.
    } else session.refuse(1, () => error)
    this.#onChange()
  }

  async #reload(): Promise<void> {
    const { store, events, disposed } = this.#around
    const session = this.#session
    const { id } = session
    const before = session.confirmed.version
    const heard = this.#heard
    const missed = this.#takeTold(before)
    if (missed && !this.#stale) session.catchUp(missed)
    else {
      this.#stale = false
      const stored = await store.load(id, { signal: disposed }).catch(error => {
        this.#stale = true
        throw error
      })
      if (stored) session.rebase(stored)
      else this.#end()
    }
    const { version } = session.confirmed
    this.#failing = false
    // What was told meanwhile may be newer than what was loaded.
    if (this.#heard === heard) this.#heard = version
    this.#onChange()
    if (version > before) events.emit('session-changed', { id, version, origin: 'remote' })
  }

  /** There is no such session any more. */
  #end(): void {
    const { id, pending } = this.#session
    this.#gone = true
    this.#session.refuse(pending, () => new SessionNotFoundError(id))
  }

  /** What leads from `version` to the newest that was heard of, unless a step is missing. */
  #takeTold(version: number): (readonly Change[])[] | undefined {
    const commits: (readonly Change[])[] = []
    for (let next = version + 1; next <= this.#heard; next++) {
      const changes = this.#told.get(next)
      if (changes && !changes.some(change => change.type === 'purge')) commits.push(changes)
    }
    this.#told.clear()
    return commits.length === this.#heard - version ? commits : undefined
  }

  #failed(error: StoreError, attempt: number, delayMs: number): void {
    this.#failing = true
    this.#around.events.emit('commit-failed', { id: this.#session.id, error, attempt, delayMs })
    this.#settleFlushes(error)
    this.#onChange()
  }

  /** A new error for each who waits. */
  #settleFlushes(error?: StoreError): void {
    const flushes = this.#flushes
    this.#flushes = []
    for (const { resolve, reject } of flushes) {
      if (error) reject(toStoreError(error))
      else resolve()
    }
  }
}
