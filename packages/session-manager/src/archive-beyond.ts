import { allSessions } from './all-sessions.ts'
import { checkOption, optionsOf } from './check-option.ts'
import { deepEqual } from './deep-equal.ts'
import { isRefusal } from './errors.ts'
import type { SessionEvent } from './events.ts'
import { ignore } from './ignore.ts'
import { fromJsonLines, sessionText, toJsonLines } from './json-lines.ts'
import type { SessionManager } from './session-manager.ts'
import type { SessionStore, StoredMessage } from './session-store.ts'
import { uniqueId } from './unique-id.ts'

/** Beyond what. */
export interface ArchiveLimits {
  /** Sessions that are neither archived nor deleted. The one that was changed least recently is archived first. */
  readonly maxSessions?: number | undefined
  /**
   * Messages of a session. When there are more, the oldest are moved to an archived session with the id
   * `<id>/archive`, until nine tenths of `maxMessages` are left.
   */
  readonly maxMessages?: number | undefined
}

/** What keeps a manager within its limits; made by `archiveBeyond`. */
export type Limits = (manager: SessionManager, store: SessionStore) => void

const SUFFIX = '/archive'

/**
 * The `limits` of a manager: what is beyond them is archived, never dropped, and can be found, opened and brought back.
 * Without `limits` there are none: no number of sessions or messages makes anything here slower.
 *
 * @example
 * ```ts
 * import { archiveBeyond, createSessionManager } from '@x/session-manager'
 *
 * await using manager = createSessionManager({ limits: archiveBeyond({ maxSessions: 200, maxMessages: 1000 }) })
 * ```
 */
export function archiveBeyond(limits: ArchiveLimits): Limits {
  const { maxSessions, maxMessages }: ArchiveLimits = optionsOf(limits)
  checkLimit('maxSessions', maxSessions)
  checkLimit('maxMessages', maxMessages)
  return (manager, store) => {
    // One after the other; what cannot be archived now is when the next change comes.
    let last: Promise<unknown> = Promise.resolve()
    const next = (fn: () => Promise<void>): void => {
      last = last.then(fn).catch(ignore)
    }
    if (maxSessions !== undefined) {
      const check = (): void => next(() => archiveSessions(store, maxSessions))
      manager.on('session-created', check)
      check()
    }
    if (maxMessages !== undefined) {
      manager.on('session-changed', ({ id, origin }: SessionEvent<'session-changed'>) => {
        if (origin === 'local' && !id.endsWith(SUFFIX)) next(() => archiveMessages(manager, id, maxMessages))
      })
    }
  }
}

function checkLimit(name: string, value: number | undefined): void {
  const isRight = value === undefined || (Number.isInteger(value) && value >= 1)
  checkOption(isRight, name, value, 'an integer from 1', 'number')
}

async function archiveSessions(store: SessionStore, max: number): Promise<void> {
  let left = max
  for await (const { id, version } of allSessions(store, { archived: false })) {
    if (left-- > 0) continue
    const changes = [{ type: 'set', archived: true }] as const
    await store.commit(id, { expectedVersion: version, operationId: uniqueId(), changes }).catch(error => {
      if (!isRefusal(error)) throw error // Somebody has just changed it: it is not the oldest any more.
    })
  }
}

/** First into the archive, then out of the session: a crash in between leaves them in both, and the next time moves them. */
async function archiveMessages(manager: SessionManager, id: string, max: number): Promise<void> {
  await using session = await manager.open(id)
  if (session.messages.length <= max) return
  const [stored] = fromJsonLines(await manager.export(id))
  const excess = session.messages.slice(0, session.messages.length - Math.floor(max * 0.9))
  const streaming = excess.findIndex(message => message.status === 'streaming')
  const messages = streaming < 0 ? excess : excess.slice(0, streaming)
  if (!stored || messages.length === 0) return
  const archiveId = id + SUFFIX
  const text = await sessionText({ ...stored, version: 0, id: archiveId, archived: true, messages })
  await manager.import(toJsonLines([text]))
  await using archive = await manager.open(archiveId)
  const archived = new Map(archive.messages.map(message => [message.id, message]))
  const isArchived = (message: StoredMessage): boolean => deepEqual(message, archived.get(message.id))
  await session.update(content => ({ messages: content.messages.filter(message => !isArchived(message)) }))
}
