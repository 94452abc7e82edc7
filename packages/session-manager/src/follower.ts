import type { OptimisticSession } from './optimistic-session.ts'
import type { Change, StoreNotice } from './session-store.ts'
import type { Surroundings } from './surroundings.ts'

/** Brings what others have written to the confirmed state: what they told, what the store remembers, or all of it. */
export class Follower {
  readonly #session: OptimisticSession
  readonly #around: Surroundings
  /** What has led to versions that are not confirmed yet, as far as others have told. */
  readonly #told = new Map<number, readonly Change[]>()
  /** The newest version that anybody has told of. */
  #heard = 0
  /** Others may have written without our hearing of it. */
  isStale = false

  constructor(session: OptimisticSession, around: Surroundings) {
    this.#session = session
    this.#around = around
  }

  get isBehind(): boolean {
    const { version } = this.#session.confirmed
    return version > 0 && (this.isStale || this.#heard > version)
  }

  /** Somebody says that the session has this version. */
  hear({ version, changes }: Omit<StoreNotice, 'id'>): void {
    if (!this.isBehind) this.#told.clear() // It is all there.
    this.#heard = Math.max(this.#heard, version)
    if (changes && version > this.#session.confirmed.version) this.#told.set(version, changes)
  }

  /** Tells whether all that was told of until now is there, once it is. */
  barrier(): () => boolean {
    const heard = this.#heard
    return () => !this.isStale && this.#session.confirmed.version >= heard
  }

  /** False when there is no such session any more, or a newer app has it. Throws when the store cannot. */
  async catchUp(): Promise<boolean> {
    const { store, disposed } = this.#around
    const session = this.#session
    const { id } = session
    const { version } = session.confirmed
    const options = { signal: disposed }
    const heard = this.#heard
    const told = this.#take(version)
    this.isStale = false
    try {
      const missed = told ?? (await store.changesSince?.(id, version, options))
      if (missed && !missed.flat().some(change => change.type === 'purge' || 'schemaVersion' in change))
        session.catchUp(missed)
      else {
        const stored = await store.load(id, options)
        if (!stored || !session.rebase(stored)) return false
      }
    } catch (error) {
      this.isStale = true
      throw error
    }
    // What was told meanwhile may be newer than what was loaded.
    if (this.#heard === heard) this.#heard = session.confirmed.version
    return true
  }

  /** What leads from a version to all that was told of, unless a step is missing or there may be more. */
  #take(from: number): (readonly Change[])[] | undefined {
    const commits: (readonly Change[])[] = []
    for (let version = from + 1; version <= this.#heard; version++) {
      const changes = this.#told.get(version)
      if (changes) commits.push(changes)
    }
    this.#told.clear()
    return commits.length === this.#heard - from && !this.isStale ? commits : undefined
  }
}
