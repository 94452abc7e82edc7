import { outcome } from './indexeddb-outcome.ts'
import type { SessionRow } from './indexeddb-rows.ts'
import type { Change, Commit } from './session-store.ts'

/** A turn that was lost longer ago is refused by its version. */
const REMEMBERED_GRANTS = 1000

/** What a commit has made; `row` is absent for a repeat. */
export interface Committed {
  readonly version: number
  readonly row: SessionRow | undefined
}

/** What this connection has made of a session last. */
interface Latest {
  readonly db: IDBDatabase
  readonly row: SessionRow
  /** Streamed messages that are there at this version. */
  readonly streaming: ReadonlySet<string>
}

/**
 * Commits of streamed text that read nothing first. A page that is being left gets no answers any more, and keeps
 * only what it has asked for in one go; so the checks are keys that must not be there yet: that of the next
 * version, and that of a later turn.
 */
export class StreamCommits {
  readonly #latest = new Map<string, Latest>()

  /** `undefined` when this has to look at the store first. */
  write(id: string, commit: Commit, transaction: IDBTransaction): Promise<Committed> | undefined {
    const latest = this.#latest.get(id)
    if (latest?.db !== transaction.db || latest.row.version !== commit.expectedVersion) return undefined
    const isKnown = (change: Change): boolean => change.type === 'delta' && latest.streaming.has(change.messageId)
    return commit.changes.every(isKnown) ? append(latest.row, commit, transaction) : undefined
  }

  remember(id: string, { changes }: Commit, row: SessionRow, db: IDBDatabase): void {
    const before = this.#latest.get(id)
    const streaming = new Set(before?.row.version === row.version - 1 ? before.streaming : [])
    for (const change of changes) {
      if (change.type === 'append') {
        for (const message of change.messages) if (message.status === 'streaming') streaming.add(message.id)
      } else if (change.type === 'replace') streaming.delete(change.message.id)
      else if (change.type !== 'delta' && change.type !== 'set') streaming.clear()
    }
    if (streaming.size > 0) this.#latest.set(id, { db, row, streaming })
    else this.#latest.delete(id)
  }

  /** Whether there was something to forget: whoever failed by it can try again. */
  forget(id: string): boolean {
    return this.#latest.delete(id)
  }
}

/** That a turn was granted is in the store of operations too, next to the versions: the same keys again refuse. */
export function recordGrant(sessionId: string, fencingToken: bigint, transaction: IDBTransaction): void {
  const token = Number(fencingToken)
  const operations = transaction.objectStore('operations')
  operations.put({ sessionId, version: [token] })
  operations.delete(IDBKeyRange.bound([sessionId, []], [sessionId, [token - REMEMBERED_GRANTS]]))
}

/** Whether a commit has failed because one of its keys was there. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof DOMException && error.cause.name === 'ConstraintError'
}

async function append(row: SessionRow, commit: Commit, transaction: IDBTransaction): Promise<Committed> {
  const { operationId, fencingToken, changes } = commit
  const sessionId = row.id
  const next = { ...row, version: row.version + 1, updatedAt: Math.max(row.updatedAt, Date.now()) }
  const operations = transaction.objectStore('operations')
  const added = outcome(operations.add({ sessionId, version: next.version, operationId }))
  if (fencingToken !== undefined) {
    const version = [Number(fencingToken) + 1]
    operations.add({ sessionId, version })
    operations.delete([sessionId, version])
  }
  for (const { type, ...piece } of changes) transaction.objectStore('journal').put({ sessionId, ...piece })
  transaction.objectStore('sessions').put(next)
  transaction.commit()
  await added
  return { version: next.version, row: next }
}
