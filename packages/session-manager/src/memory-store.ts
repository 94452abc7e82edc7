import { SessionBusyError, StoreError, VersionConflictError } from './errors.ts'
import { matches } from './find-text.ts'
import { freezeCopy } from './freeze-copy.ts'
import { comparePositions, fromCursor, positionOf, toCursor } from './page-cursor.ts'
import { SessionRecord } from './session-record.ts'
import type {
  Change,
  Commit,
  CommitAnswer,
  ListQuery,
  SessionPage,
  SessionStore,
  StoredSession,
  StoreNotice,
  StoreOptions,
  TurnClaim,
  TurnClaimResult,
} from './session-store.ts'

/** How many operations back a repeat is recognised. */
const REMEMBERED_OPERATIONS = 1000

interface Row {
  /** `undefined` before the first commit and after a purge. */
  record: SessionRecord | undefined
  version: number
  readonly operations: Map<string, number>
  /** Of the latest turn; `owner` is `undefined` when it is over. */
  fencingToken: bigint
  owner: string | undefined
  renewals: number
}

/**
 * Sessions in this process's memory: for tests, for servers that may forget,
 * and the default. It keeps every kind of value that a message may hold.
 *
 * @example
 * ```ts
 * import { createSessionManager, memoryStore } from '@x/session-manager'
 *
 * const store = memoryStore()
 * await using manager = createSessionManager({ store })
 * const session = await manager.create({ title: 'Notes' })
 * const stored = await store.load(session.id)
 * stored?.title // => 'Notes'
 * ```
 */
export function memoryStore(): SessionStore {
  return new MemoryStore()
}

class MemoryStore implements SessionStore {
  readonly local = true
  readonly #rows = new Map<string, Row>()
  readonly #listeners = new Set<(notice: StoreNotice) => void>()
  #closed = false

  async load(id: string, options?: StoreOptions): Promise<StoredSession | undefined> {
    this.#check(options)
    const record = this.#rows.get(id)?.record
    return record && freezeCopy(record.toStored(), 'session')
  }

  async commit(id: string, commit: Commit, options?: StoreOptions): Promise<CommitAnswer> {
    this.#check(options)
    const row = this.#row(id)
    const repeated = row.operations.get(commit.operationId)
    if (repeated !== undefined) return { version: repeated, isRepeat: true }
    if (commit.fencingToken !== undefined && commit.fencingToken < row.fencingToken) {
      throw new SessionBusyError('a later turn was granted')
    }
    const actual = row.record ? row.version : null
    if (actual !== commit.expectedVersion) throw new VersionConflictError(commit.expectedVersion, actual)

    const changes: readonly Change[] = freezeCopy(commit.changes, 'changes')
    const record = row.record ?? new SessionRecord(id)
    for (const change of changes) record.apply(change)
    row.version++
    record.version = row.version
    record.updatedAt = Math.max(record.updatedAt, Date.now())
    row.record = changes.some(change => change.type === 'purge') ? undefined : record
    this.#remember(row, commit.operationId)
    this.#notify({ id, version: row.version, changes })
    return { version: row.version, isRepeat: false, updatedAt: record.updatedAt }
  }

  async changesSince(id: string, version: number, options?: StoreOptions): Promise<[] | undefined> {
    this.#check(options)
    return this.#rows.get(id)?.record?.version === version ? [] : undefined
  }

  async list(query: ListQuery, options?: StoreOptions): Promise<SessionPage> {
    this.#check(options)
    const direction = query.order === 'asc' ? 1 : -1
    const after = query.cursor === undefined ? undefined : fromCursor(query.cursor)
    const found = [...this.#rows.values()]
      .flatMap(({ record }) => (record && matches(record, query, record) ? [record] : []))
      .filter(record => !after || direction * comparePositions(positionOf(record), after) > 0)
      .sort((a, b) => direction * comparePositions(positionOf(a), positionOf(b)))
    const sessions = found.slice(0, query.limit).map(record => freezeCopy(record.toSummary(), 'session'))
    const last = sessions.at(-1)
    return { sessions, nextCursor: last && found.length > query.limit ? toCursor(last) : undefined }
  }

  async claimTurn(id: string, claim: TurnClaim, options?: StoreOptions): Promise<TurnClaimResult> {
    this.#check(options)
    const row = this.#row(id)
    if (row.owner === claim.owner) return { fencingToken: row.fencingToken }
    const { owner: heldBy, renewals } = row
    const isHeld = heldBy !== undefined && !claim.force
    if (!isHeld) Object.assign(row, { owner: claim.owner, fencingToken: row.fencingToken + 1n, renewals: 0 })
    // News for whoever holds the turn: it renews, or learns that it was taken over.
    this.#notify({ id, version: row.version })
    return isHeld ? { heldBy, renewals } : { fencingToken: row.fencingToken }
  }

  async renewTurn(id: string, fencingToken: bigint, options?: StoreOptions): Promise<boolean> {
    this.#check(options)
    const row = this.#row(id)
    const isMine = row.owner !== undefined && row.fencingToken === fencingToken
    if (isMine) row.renewals++
    return isMine
  }

  async releaseTurn(id: string, fencingToken: bigint, options?: StoreOptions): Promise<void> {
    this.#check(options)
    const row = this.#row(id)
    if (row.fencingToken === fencingToken) row.owner = undefined
  }

  watch(listener: (notice: StoreNotice) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#listeners.clear()
  }

  #check(options: StoreOptions | undefined): void {
    options?.signal?.throwIfAborted()
    if (this.#closed) throw new StoreError('closed', 'the store was closed')
  }

  #remember(row: Row, operationId: string): void {
    row.operations.set(operationId, row.version)
    const [oldest = ''] = row.operations.keys()
    if (row.operations.size > REMEMBERED_OPERATIONS) row.operations.delete(oldest)
  }

  #row(id: string): Row {
    const known = this.#rows.get(id)
    if (known) return known
    const fresh = {
      record: undefined,
      version: 0,
      operations: new Map(),
      fencingToken: 0n,
      owner: undefined,
      renewals: 0,
    }
    this.#rows.set(id, fresh)
    return fresh
  }

  #notify(notice: StoreNotice): void {
    for (const listener of this.#listeners) listener(notice)
  }
}
