import { checkOneOf, checkOption, optionsOf } from './check-option.ts'
import { SessionBusyError, VersionConflictError } from './errors.ts'
import { matches } from './find-text.ts'
import { Connection } from './indexeddb-connection.ts'
import { outcome } from './indexeddb-outcome.ts'
import {
  beginning,
  createStores,
  type JournalRow,
  type MessageRow,
  RowChanges,
  type SessionRow,
} from './indexeddb-rows.ts'
import { type Committed, isTaken, recordGrant, StreamCommits } from './indexeddb-stream-commits.ts'
import { fromCursor, toCursor } from './page-cursor.ts'
import { appendText } from './session-record.ts'
import type {
  Commit,
  CommitAnswer,
  ListQuery,
  SessionPage,
  SessionStore,
  SessionSummary,
  StoredMessage,
  StoredSession,
  StoreNotice,
  StoreOptions,
  TurnClaim,
  TurnClaimResult,
} from './session-store.ts'

/** How many operations back a repeat is recognised. */
const REMEMBERED_OPERATIONS = 1000

/** Which database, and how sure a commit is when it is acknowledged. */
export interface IndexedDBStoreOptions {
  /** Of the database, one per origin. @defaultValue 'session-manager' */
  readonly name?: string | undefined
  /**
   * `strict`: a commit is on the disk when it is acknowledged. `relaxed`: it is with the operating system, so it
   * survives a crash of tab and browser but not the loss of power. Pieces of streamed text are always relaxed.
   * @defaultValue 'strict'
   */
  readonly durability?: 'strict' | 'relaxed' | undefined
}

interface LeaseRow {
  readonly sessionId: string
  readonly fencingToken: bigint
  readonly owner: string | undefined
  readonly renewals: number
}

/**
 * Sessions in the browser's IndexedDB, shared by all tabs of the origin. It
 * keeps every kind of value that a message may hold, and settles every
 * operation within 20 seconds.
 */
export function indexedDBStore(options?: IndexedDBStoreOptions): SessionStore {
  return new IndexedDBStore(optionsOf(options))
}

class IndexedDBStore implements SessionStore {
  readonly name: string
  /** Without `navigator.locks`, as on plain http, the tabs of a browser share nothing but the store. */
  readonly local: boolean = !('location' in globalThis) || navigator.locks !== undefined
  readonly #durability: 'strict' | 'relaxed'
  readonly #connection: Connection
  readonly #listeners = new Set<(notice: StoreNotice) => void>()
  readonly #streams = new StreamCommits()
  #channel: BroadcastChannel | undefined

  constructor({ name = 'session-manager', durability = 'strict' }: IndexedDBStoreOptions) {
    checkOption(name && typeof name === 'string', 'name', name, 'a string that is not empty', 'string')
    checkOneOf('durability', durability, ['strict', 'relaxed'])
    this.name = name
    this.#durability = durability
    this.#connection = new Connection(name, createStores)
  }

  load(id: string, { signal }: StoreOptions = {}): Promise<StoredSession | undefined> {
    return this.#connection.run({ mode: 'readonly', signal }, async transaction => {
      const [row, messages] = await Promise.all([rowOf(id, transaction), messagesOf(id, transaction)])
      if (!row || row.isPurged) return undefined
      const { nextSeq, messageCount, ...fields } = row
      return { ...fields, messages }
    })
  }

  async commit(id: string, commit: Commit, { signal }: StoreOptions = {}): Promise<CommitAnswer> {
    const isStream = commit.changes.every(change => change.type === 'delta')
    const durability = isStream ? 'relaxed' : this.#durability
    const run = (): Promise<Committed & { readonly db: IDBDatabase }> =>
      this.#connection.run({ mode: 'readwrite', durability, signal }, async transaction => {
        const committed = this.#streams.write(id, commit, transaction) ?? this.#commit(id, commit, transaction)
        return { ...(await committed), db: transaction.db }
      })
    const { version, row, db } = await run().catch(error => {
      if (isTaken(error) && this.#streams.forget(id)) return run()
      throw error
    })
    if (row) this.#streams.remember(id, commit, row, db)
    this.#notify({ id, version, ...(row && { changes: commit.changes }) })
    return { version, isRepeat: !row, ...(row && { updatedAt: row.updatedAt }) }
  }

  changesSince(id: string, version: number, { signal }: StoreOptions = {}): Promise<[] | undefined> {
    return this.#connection.run({ mode: 'readonly', signal }, async transaction => {
      const row = await rowOf(id, transaction)
      return row?.version === version && !row.isPurged ? [] : undefined
    })
  }

  async list(query: ListQuery, { signal }: StoreOptions = {}): Promise<SessionPage> {
    const { cursor, order, limit } = query
    const position = cursor === undefined ? undefined : fromCursor(cursor)
    return this.#connection.run({ mode: 'readonly', signal }, async transaction => {
      const isUp = order === 'asc'
      const range = position && (isUp ? IDBKeyRange.lowerBound(position, true) : IDBKeyRange.upperBound(position, true))
      const index = transaction.objectStore('sessions').index('updatedAt')
      const request = index.openCursor(range, isUp ? 'next' : 'prev')
      const sessions: SessionSummary[] = []
      for (let at = await outcome(request); at; at = await outcome(request)) {
        const { nextSeq, ...summary }: SessionRow = at.value
        const messages = query.text ? await messagesOf(summary.id, transaction) : []
        if (matches(summary, query, { messages })) {
          const last = sessions.at(-1)
          if (last && sessions.length === limit) return { sessions, nextCursor: toCursor(last) }
          sessions.push(summary)
        }
        at.continue()
      }
      return { sessions }
    })
  }

  async claimTurn(id: string, { owner, force }: TurnClaim, options?: StoreOptions): Promise<TurnClaimResult> {
    const answer = await this.#lease<TurnClaimResult>(id, options, (row, transaction) => {
      if (row.owner === owner) return [row, { fencingToken: row.fencingToken }]
      if (row.owner !== undefined && !force) return [row, { heldBy: row.owner, renewals: row.renewals }]
      const fencingToken = row.fencingToken + 1n
      recordGrant(id, fencingToken, transaction)
      return [{ ...row, owner, fencingToken, renewals: 0 }, { fencingToken }]
    })
    // News for whoever holds the turn: it renews, or learns that it was taken over.
    this.#notify({ id, version: 0 })
    return answer
  }

  renewTurn(id: string, fencingToken: bigint, options?: StoreOptions): Promise<boolean> {
    return this.#lease(id, options, row => {
      const isMine = row.owner !== undefined && row.fencingToken === fencingToken
      return [isMine ? { ...row, renewals: row.renewals + 1 } : row, isMine]
    })
  }

  releaseTurn(id: string, fencingToken: bigint, options?: StoreOptions): Promise<void> {
    return this.#lease(id, options, row => [
      row.fencingToken === fencingToken ? { ...row, owner: undefined } : row,
      undefined,
    ])
  }

  watch(listener: (notice: StoreNotice) => void): () => void {
    if (!this.#channel) this.#listen()
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    globalThis.removeEventListener?.('pagehide', this.#rest)
    this.#channel?.close()
    this.#listeners.clear()
    this.#connection.close()
  }

  async #commit(id: string, commit: Commit, transaction: IDBTransaction): Promise<Committed> {
    const { expectedVersion, operationId, fencingToken } = commit
    const operations = transaction.objectStore('operations')
    const [before, repeated, lease] = await Promise.all([
      rowOf(id, transaction),
      outcome<{ version: number } | undefined>(operations.index('id').get([id, operationId])),
      outcome<LeaseRow | undefined>(transaction.objectStore('leases').get(id)),
    ])
    if (repeated) return { version: repeated.version, row: undefined }
    if (fencingToken !== undefined && lease && fencingToken < lease.fencingToken) {
      throw new SessionBusyError('a later turn was granted')
    }
    const actual = before && !before.isPurged ? before.version : null
    if (actual !== expectedVersion) throw new VersionConflictError(expectedVersion, actual)

    const rows = new RowChanges(id, transaction)
    let row = before ?? ({ id, nextSeq: 0 } as SessionRow)
    for (const change of commit.changes) row = await rows.apply(row, change)
    const version = (before?.version ?? 0) + 1
    const updatedAt = Math.max(row.updatedAt, Date.now())
    const after = { ...row, version, ...(row.isPurged ? {} : { updatedAt }) }
    transaction.objectStore('sessions').put(after)
    operations.put({ sessionId: id, version, operationId })
    operations.delete(IDBKeyRange.bound([id], [id, version - REMEMBERED_OPERATIONS]))
    return { version, row: after }
  }

  #lease<T>(
    sessionId: string,
    options: StoreOptions | undefined,
    change: (row: LeaseRow, transaction: IDBTransaction) => [row: LeaseRow, answer: T],
  ): Promise<T> {
    const settings = { mode: 'readwrite', durability: 'relaxed', signal: options?.signal } as const
    return this.#connection.run(settings, async transaction => {
      const leases = transaction.objectStore('leases')
      const row: LeaseRow | undefined = await outcome(leases.get(sessionId))
      const [next, answer] = change(row ?? { sessionId, fencingToken: 0n, owner: undefined, renewals: 0 }, transaction)
      leases.put(next)
      return answer
    })
  }

  #notify(notice: StoreNotice): void {
    for (const listener of this.#listeners) listener(notice)
    const channel = this.#channel ?? this.#newChannel()
    channel?.postMessage(notice)
    if (channel !== this.#channel) channel?.close()
  }

  /** Hears of other tabs, but while the page is in the back-forward cache: a message would throw it out of there. */
  #listen(): void {
    this.#channel ??= this.#newChannel()
    if (this.#channel) {
      this.#channel.onmessage = ({ data }) => {
        for (const listener of this.#listeners) listener(data)
      }
    }
    globalThis.addEventListener?.('pagehide', this.#rest, { once: true })
  }

  readonly #rest = (): void => {
    this.#channel?.close()
    this.#channel = undefined
    globalThis.addEventListener('pageshow', () => this.#listeners.size > 0 && this.#listen(), { once: true })
  }

  #newChannel(): BroadcastChannel | undefined {
    return 'BroadcastChannel' in globalThis ? new BroadcastChannel(`@x/session-manager:${this.name}`) : undefined
  }
}

function rowOf(id: string, transaction: IDBTransaction): Promise<SessionRow | undefined> {
  return outcome(transaction.objectStore('sessions').get(id))
}

/** With what was streamed since each was written last. */
async function messagesOf(id: string, transaction: IDBTransaction): Promise<StoredMessage[]> {
  const [messages, journal] = await Promise.all([
    outcome<MessageRow[]>(transaction.objectStore('messages').getAll(beginning(id))),
    outcome<JournalRow[]>(transaction.objectStore('journal').getAll(beginning(id))),
  ])
  return messages.map(({ message }) => withJournal(message, journal))
}

function withJournal(message: StoredMessage, journal: readonly JournalRow[]): StoredMessage {
  const pieces = journal.filter(row => row.messageId === message.id)
  return pieces.length === 0 ? message : appendText(message, pieces.map(row => row.delta).join(''))
}
