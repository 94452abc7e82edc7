/** How a lock is held: by one `exclusive` holder, or by any number of `shared` ones. */
export type LockMode = 'exclusive' | 'shared'

/** A lock that is held, as its callback sees it. */
export interface LockLike {
  readonly name: string
  readonly mode: LockMode
}

/** The options of a request that every lock manager knows: those of the Web Locks API. */
export interface LockRequestOptionsLike {
  mode?: LockMode
  ifAvailable?: boolean
  steal?: boolean
  signal?: AbortSignal
}

/** A held or requested lock in a snapshot. */
export interface LockInfoLike {
  name?: string
  mode?: LockMode
  clientId?: string
}

/** What `query()` tells. */
export interface LockManagerSnapshotLike {
  held?: LockInfoLike[]
  pending?: LockInfoLike[]
}

/**
 * What `navigator.locks`, {@link LockManager} and every later engine have in common:
 * the type to ask for where any of them will do.
 *
 * @example
 * ```ts
 * import { LockManager, type LockManagerLike } from '@x/mutex'
 *
 * const saveDraft = (locks: LockManagerLike) => locks.request('draft', async () => 'saved')
 * await saveDraft(new LockManager()) // => 'saved'
 * ```
 */
export interface LockManagerLike {
  request<T>(name: string, callback: (lock: LockLike | null) => T): Promise<Awaited<T>>
  request<T>(name: string, options: LockRequestOptionsLike, callback: (lock: LockLike | null) => T): Promise<Awaited<T>>
  query(): Promise<LockManagerSnapshotLike>
}
