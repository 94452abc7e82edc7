import { allSessions } from './all-sessions.ts'
import { isRefusal, SessionNotFoundError, type StoreError, toStoreError } from './errors.ts'
import { fromJsonLines, sessionText, toJsonLines, unreadableLine } from './json-lines.ts'
import { appendChanges } from './message-changes.ts'
import { forkOf } from './new-session.ts'
import type { Write } from './optimistic-session.ts'
import { checkTitle } from './prepare-message.ts'
import { SessionRecord } from './session-record.ts'
import type { SessionRegistry } from './session-registry.ts'
import type { SessionState } from './session-state.ts'
import type { Change, NewSession, SessionFields } from './session-store.ts'
import type { Surroundings } from './surroundings.ts'
import { uniqueId } from './unique-id.ts'

/** What is done to sessions by their id, whether they are open or not. */
export class SessionLibrary {
  readonly #registry: SessionRegistry
  readonly #around: Surroundings
  /** The session is about to be deleted or purged. */
  readonly #onEnd: (state: SessionState) => void

  constructor(registry: SessionRegistry, around: Surroundings, onEnd: (state: SessionState) => void) {
    this.#registry = registry
    this.#around = around
    this.#onEnd = onEnd
  }

  async rename(id: string, title: string): Promise<void> {
    checkTitle(title)
    await this.#set(id, { title, titleSource: 'user' })
  }

  archive(id: string): Promise<void> {
    return this.#set(id, { archived: true })
  }

  unarchive(id: string): Promise<void> {
    return this.#set(id, { archived: false })
  }

  async delete(id: string): Promise<void> {
    const deletedAt = Date.now()
    const make: Write['make'] = base => (base.deletedAt === undefined ? [{ type: 'set', deletedAt }] : [])
    await this.#write(id, { make, afterDelete: true }, this.#onEnd)
    this.#around.events.emit('session-deleted', { id })
  }

  async restore(id: string): Promise<void> {
    const make: Write['make'] = base => (base.deletedAt === undefined ? [] : [{ type: 'set', deletedAt: null }])
    await this.#write(id, { make, afterDelete: true })
    this.#registry.recover(id)
    this.#around.events.emit('session-restored', { id })
  }

  async purge(id: string): Promise<void> {
    const changes: readonly Change[] = [{ type: 'purge' }]
    await this.#write(id, { make: () => changes, afterDelete: true }, this.#onEnd).catch(error => {
      if (error.code !== 'STORE_FAILED') throw error
      return this.#commitUnread(id, changes, null)
    })
    this.#around.events.emit('session-purged', { id })
  }

  /** To a session that cannot be read: the store says its version when it refuses another one. */
  async #commitUnread(id: string, changes: readonly Change[], expectedVersion: number | null): Promise<void> {
    const { store, events, disposed } = this.#around
    const commit = { expectedVersion, operationId: uniqueId(), changes }
    try {
      const { version } = await store.commit(id, commit, { signal: disposed })
      events.emit('session-changed', { id, version, origin: 'local' })
    } catch (error) {
      if (!isRefusal(error)) throw toStoreError(error)
      if (error.code !== 'VERSION_CONFLICT' || error.actual === null) throw error
      await this.#commitUnread(id, changes, error.actual)
    }
  }

  protected async copyOf(id: string, atMessageId: string | undefined): Promise<NewSession> {
    const { state, release } = await this.#registry.use(id)
    try {
      if (state.isDeleted) throw new SessionNotFoundError(id)
      this.#around.migrator.changesFor(state.view)
      return forkOf(state.view, atMessageId, Date.now())
    } finally {
      release()
    }
  }

  /** As shown: with what the store does not have yet. One that cannot be read is named in its place. */
  async export(id?: string): Promise<string> {
    if (id !== undefined) return toJsonLines([await this.#textOf(id)])
    const failures: StoreError[] = []
    const fail = (missing: string | null, reason: unknown): string => {
      if (reason instanceof SessionNotFoundError) return '' // Purged meanwhile.
      const error = toStoreError(reason)
      // What is damaged stays so; a store that is blocked or closed is asked for no more.
      if (this.#around.disposed.aborted || (missing !== null && error.reason !== 'failed')) throw error
      failures.push(error)
      this.#around.events.emit('export-incomplete', { id: missing, error })
      return unreadableLine(missing, error)
    }
    const ids = new Set(this.#registry.states.map(state => state.id))
    const texts: string[] = []
    await this.#addIds(ids).catch(error => texts.push(fail(null, error)))
    for (const each of ids) texts.push(await this.#textOf(each, true).catch(error => fail(each, error)))
    const found = texts.filter(Boolean)
    if (failures[0] && failures.length === found.length) throw failures[0]
    return toJsonLines(found)
  }

  async #textOf(id: string, isPassedWhenDeleted = false): Promise<string> {
    const { state, release } = await this.#registry.use(id)
    try {
      return isPassedWhenDeleted && state.isDeleted ? '' : await sessionText(state.view.toStored())
    } finally {
      release()
    }
  }

  async import(data: string): Promise<string[]> {
    const sessions = fromJsonLines(data).map(session => this.#migrated(session))
    for (const session of sessions) await this.#bringBack(session)
    return sessions.map(session => session.id)
  }

  /** What an older app has exported, as this one has it. */
  #migrated(session: NewSession): NewSession {
    const record = SessionRecord.from({ ...session, version: 0 })
    for (const change of this.#around.migrator.changesFor(record)) record.apply(change)
    return record.toStored()
  }

  async #bringBack(session: NewSession): Promise<void> {
    const { id, title, messages } = session
    const registry = this.#registry
    // Another import may have begun it during the load.
    if (registry.get(id) ?? (await registry.load(id)) ?? registry.get(id)) {
      await this.restore(id)
      return this.#write(id, { make: base => appendChanges(base, messages) })
    }
    await registry.create(session).stored
    this.#around.events.emit('session-created', { id, title })
  }

  async #addIds(ids: Set<string>): Promise<void> {
    const { store, disposed } = this.#around
    for await (const { id } of allSessions(store, {}, disposed)) ids.add(id)
  }

  #set(id: string, fields: SessionFields): Promise<void> {
    return this.#write(id, { make: () => [{ type: 'set', ...fields }] })
  }

  async #write(id: string, write: Write, onShown?: (state: SessionState) => void): Promise<void> {
    const { state, release } = await this.#registry.use(id)
    try {
      const stored = state.write(write)
      onShown?.(state)
      await stored
    } finally {
      release()
    }
  }
}
