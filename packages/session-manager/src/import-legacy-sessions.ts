import { checkCallable, checkMethods, isId, optionsOf } from './check-option.ts'
import { isRefusal } from './errors.ts'
import { sessionText, toJsonLines } from './json-lines.ts'
import { findLegacySessions, type LegacySession, type Skipped } from './legacy-sessions.ts'
import { isObject } from './prepare-message.ts'
import type { SessionManager } from './session-manager.ts'
import type { MessageStatus, StoredMessage, StoredSession, TitleSource } from './session-store.ts'
import { encodeTagged } from './tagged-json.ts'
import { DEFAULT_TITLE } from './title.ts'

export type { Skipped }

/** How older sessions are brought in. */
export interface LegacyImportOptions {
  /** Makes a message of this app of an older one; nothing: the message is left out, and reported. */
  readonly toMessage?: ((message: Readonly<Record<string, unknown>>) => object | undefined) | undefined
}

/** What has become of the older sessions. */
export interface LegacyImport {
  /** Their ids, the one changed last at the end. */
  readonly imported: string[]
  readonly skipped: Skipped[]
}

const KNOWN = [
  'id',
  'sessionId',
  'messages',
  'title',
  'createdAt',
  'updatedAt',
  'timestamp',
  'messageCount',
  'metadata',
]
const STATUSES: readonly unknown[] = ['complete', 'interrupted', 'failed'] satisfies MessageStatus[]
const NO_TITLES: readonly unknown[] = [undefined, '', DEFAULT_TITLE, 'Recovered Chat']

/**
 * Brings the stored sessions of the older code in: its sessions (a list, a map by id, one of them), its emergency
 * backup, its conversation in `sessionStorage`, or a whole `{ ...localStorage }`, as objects or as their JSON text.
 *
 * It takes what it can, and tells of the rest with where it was and why. It can be run again: a session
 * that is there gets the messages it lacks, and one that was deleted here stays deleted. Fields that this package does not
 * know stay, those of a session in its metadata; a `status` of the older code's own becomes `legacyStatus`.
 *
 * @example
 * ```ts
 * import { createSessionManager } from '@x/session-manager'
 * import { importLegacySessions } from '@x/session-manager/compat'
 *
 * await using manager = createSessionManager()
 * const old = { id: 'a', createdAt: '2024-05-01T00:00:00.000Z', messages: [{ role: 'user', content: 'Hi' }, null] }
 * const { imported, skipped } = await importLegacySessions(manager, JSON.stringify([old]))
 * imported // => ['a']
 * skipped.map(({ path, reason }) => `${path} ${reason}`) // => ['data[0].messages[1] is no message']
 * ```
 */
export async function importLegacySessions<Message extends object, Metadata extends object, Delta>(
  manager: SessionManager<Message, Metadata, Delta>,
  data: unknown,
  options?: LegacyImportOptions,
): Promise<LegacyImport> {
  const { toMessage = message => message }: LegacyImportOptions = optionsOf(options)
  checkCallable('toMessage', toMessage)
  checkMethods('manager', manager ?? null, ['open', 'import'])
  const imported: string[] = []
  const skipped: Skipped[] = []
  const skip = (each: Skipped): void => void skipped.push(each)
  const sessions = findLegacySessions(data, skip).map(each => [each, toSession(each, toMessage, skip)] as const)
  sessions.sort(([, a], [, b]) => a.updatedAt - b.updatedAt)
  for (const [{ path, fields }, session] of sessions) {
    try {
      if (await isDeleted(manager, session.id)) skip({ path, reason: 'was deleted here', value: fields })
      else imported.push(...(await manager.import(toJsonLines([await sessionText(session)]))))
    } catch (error) {
      if (!isRefusal(error)) throw error
      skip({ path, reason: error.message, value: fields })
    }
  }
  return { imported, skipped }
}

function toSession(
  { id, path, fields, messages }: LegacySession,
  toMessage: NonNullable<LegacyImportOptions['toMessage']>,
  skip: (skipped: Skipped) => void,
): StoredSession {
  const now = Date.now()
  const createdAt = toInstant(fields.createdAt, now) ?? now
  const updatedAt = toInstant(fields.updatedAt ?? fields.timestamp, now) ?? createdAt
  const others = Object.entries(fields).filter(([key]) => !KNOWN.includes(key))
  const metadata = { ...Object.fromEntries(others), ...(isObject(fields.metadata) ? fields.metadata : {}) }
  const ids = new Set<unknown>()
  const stored = messages.flatMap((message, index): StoredMessage[] => {
    const at = `${path}.messages[${index}]`
    const own = isId(message.id) && !ids.has(message.id) ? message.id : `${id}:${index}`
    try {
      const made = toMessage(message)
      if (!made) throw new TypeError('`toMessage` leaves it out')
      const { status, ...rest } = made as { status?: unknown }
      const marks = status === undefined ? {} : STATUSES.includes(status) ? { status } : { legacyStatus: status }
      const result = { ...rest, ...marks, id: own } as StoredMessage
      encodeTagged(result, at) // Throws for what cannot be kept.
      ids.add(own)
      return [result]
    } catch (error) {
      skip({ path: at, reason: error instanceof Error ? error.message : String(error), value: message })
      return []
    }
  })
  const [title, titleSource] = toTitle(fields.title, stored)
  return { id, version: 0, title, titleSource, metadata, createdAt, updatedAt, archived: false, messages: stored }
}

/** The older code made titles of the first 50 characters of the first user message. */
function toTitle(title: unknown, messages: readonly object[]): [string, TitleSource] {
  if (typeof title !== 'string' || NO_TITLES.includes(title)) return [DEFAULT_TITLE, 'default']
  const first = (messages as { role?: unknown; content?: unknown }[]).find(({ role }) => role === 'user')?.content
  const isAuto = typeof first === 'string' && first.startsWith(title.replace(/\.\.\.$/, ''))
  return [title, isAuto ? 'auto' : 'user']
}

/** Epoch milliseconds, none of the future. */
function toInstant(value: unknown, now: number): number | undefined {
  const at = typeof value === 'number' ? value : Date.parse(String(value))
  return at >= 0 ? Math.min(Math.floor(at), now) : undefined
}

interface Opener {
  open(id: string): Promise<AsyncDisposable>
  export(id: string): Promise<string>
}

/** `export` finds a deleted session by its id, and `open` does not. */
async function isDeleted(manager: Opener, id: string): Promise<boolean> {
  const isKnown = await manager.export(id).then(() => true, isMissing)
  const isOpen = await manager.open(id).then(session => session[Symbol.asyncDispose]().then(() => true), isMissing)
  return isKnown && !isOpen
}

function isMissing(error: unknown): false {
  if (isRefusal(error) && error.code === 'SESSION_NOT_FOUND') return false
  throw error
}
