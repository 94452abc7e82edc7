import { SessionBusyError, StoreError, VersionConflictError } from './errors.ts'
import { messageHasText } from './find-text.ts'
import { freezeCopy } from './freeze-copy.ts'
import { comparePositions, fromCursor, type Position, toCursor } from './page-cursor.ts'
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
}

interface Lease {
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
  readonly #leases = new Map<string, Lease>()
  readonly #listeners = new Set<(notice: StoreNotice) => void>()
  #closed = false

  async load(id: string, options?: StoreOptions): Promise<StoredSession | undefined> {
    this.#check(options)
    const record = this.#rows.get(id)?.record
    return record && freezeCopy(record.toStored(), 'session')
  }

  async commit(id: string, commit: Commit, options?: StoreOptions): Promise<CommitAnswer> {
    this.#check(options)
    const row: Row = this.#rows.get(id) ?? { record: undefined, version: 0, operations: new Map() }
    const repeated = row.operations.get(commit.operationId)
    if (repeated !== undefined) return { version: repeated, isRepeat: true }
    if (commit.fencingToken !== undefined && commit.fencingToken < (this.#leases.get(id)?.fencingToken ?? 0n)) {
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
    this.#rows.set(id, row)
    for (const listener of this.#listeners) listener({ id, version: row.version, changes })
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
      .flatMap(({ record }) => (record && matches(record, query) ? [record] : []))
      .filter(record => !after || direction * comparePositions(position(record), after) > 0)
      .sort((a, b) => direction * comparePositions(position(a), position(b)))
    const sessions = found.slice(0, query.limit).map(record => freezeCopy(record.toSummary(), 'session'))
    const last = sessions.at(-1)
    return { sessions, nextCursor: last && found.length > query.limit ? toCursor(last) : undefined }
  }

  async claimTurn(id: string, claim: TurnClaim, options?: StoreOptions): Promise<TurnClaimResult> {
    this.#check(options)
    const lease: Lease = this.#leases.get(id) ?? { fencingToken: 0n, owner: undefined, renewals: 0 }
    this.#leases.set(id, lease)
    if (lease.owner === claim.owner) return { fencingToken: lease.fencingToken }
    if (lease.owner !== undefined && !claim.force) {
      this.#notify(id)
      return { heldBy: lease.owner, renewals: lease.renewals }
    }
    lease.owner = claim.owner
    lease.fencingToken++
    lease.renewals = 0
    this.#notify(id)
    return { fencingToken: lease.fencingToken }
  }

  async renewTurn(id: string, fencingToken: bigint, options?: StoreOptions): Promise<boolean> {
    this.#check(options)
    const lease = this.#leases.get(id)
    if (lease?.owner === undefined || lease.fencingToken !== fencingToken) return false
    lease.renewals++
    return true
  }

  async releaseTurn(id: string, fencingToken: bigint, options?: StoreOptions): Promise<void> {
    this.#check(options)
    const lease = this.#leases.get(id)
    if (lease?.fencingToken === fencingToken) lease.owner = undefined
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

  /** A claim is news to whoever holds the turn: it renews, or learns that it was taken over. */
  #notify(id: string): void {
    const version = this.#rows.get(id)?.version ?? 0
    for (const listener of this.#listeners) listener({ id, version })
  }
}

function position(record: SessionRecord): Position {
  return [record.updatedAt, record.id]
}

function matches(record: SessionRecord, query: ListQuery): boolean {
  if ((record.deletedAt !== undefined) !== (query.deleted ?? false)) return false
  if (query.archived !== undefined && record.archived !== query.archived) return false
  const text = query.text?.toLowerCase()
  if (!text || record.title.toLowerCase().includes(text)) return true
  return record.messages.some(message => messageHasText(message, text))
}
