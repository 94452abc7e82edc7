import { ValidationError } from './errors.ts'
import { freezeCopy } from './freeze-copy.ts'
import { settled } from './new-session.ts'
import { checkData, checkId, checkTitle, prepareObject } from './prepare-message.ts'
import type { MessageStatus, NewSession, StoredMessage, StoredSession, TitleSource } from './session-store.ts'
import { decodeTagged, encodeWithBlobs } from './tagged-json.ts'

const HEADER = { format: '@x/session-manager', version: 1 }
const TITLE_SOURCES: readonly TitleSource[] = ['default', 'auto', 'user']
const STATUSES: readonly MessageStatus[] = ['streaming', 'complete', 'interrupted', 'failed']

/** JSON Lines: a header, then what `sessionText` makes of each session. */
export function toJsonLines(texts: readonly string[]): string {
  return `${[JSON.stringify(HEADER), ...texts].join('\n')}\n`
}

/** A line for the session, and one for each of its messages. */
export async function sessionText({ messages, ...session }: StoredSession): Promise<string> {
  const lines = [await encodeWithBlobs({ session }, 'export')]
  for (const message of messages) lines.push(await encodeWithBlobs({ message }, 'export'))
  return lines.join('\n')
}

/** Stands for a session that could not be read, or, without an id, for all that could not be listed. */
export function unreadableLine(id: string | null, { message }: Error): string {
  return JSON.stringify({ unreadable: { id, error: message } })
}

/** @throws {@link ValidationError} naming the line that is no export of this or an earlier version. */
export function fromJsonLines(data: string): NewSession[] {
  checkData(typeof data === 'string', data, 'data', 'text')
  const sessions: (Omit<NewSession, 'messages'> & { messages: StoredMessage[] })[] = []
  // An editor may have put a byte-order mark before it, and a carriage return behind each line: `trim()` and JSON take these.
  for (const [index, text] of data.trim().split('\n').entries()) {
    const name = `line ${index + 1}`
    const line = parse(text, name)
    if (index === 0) {
      const isOurs = line.format === HEADER.format && line.version === HEADER.version
      if (!isOurs) throw new ValidationError('data', `must be an export of version ${HEADER.version}`)
    } else if (line.session) {
      sessions.push({ ...toSession(line.session, name), messages: [] })
    } else if (line.message) {
      const session = sessions.at(-1)
      if (!session) throw new ValidationError(name, 'is a message without a session')
      session.messages.push(toMessage(line.message, name))
    } else if (text !== '' && !line.unreadable) throw new ValidationError(name, 'is neither a session nor a message')
  }
  return freezeCopy(sessions, 'data')
}

/** Its known fields, checked; one that was deleted when it was exported comes back. */
function toSession(value: unknown, name: string): Omit<NewSession, 'messages'> {
  const session = prepareObject(value as NewSession, name)
  const { id, title, titleSource, metadata, createdAt, updatedAt, archived, schemaVersion = 0 } = session
  checkId(id, `${name}.id`)
  checkTitle(title, `${name}.title`)
  checkData(TITLE_SOURCES.includes(titleSource), titleSource, `${name}.titleSource`, TITLE_SOURCES.join(', '))
  checkData(isNatural(createdAt), createdAt, `${name}.createdAt`, 'epoch milliseconds')
  checkData(isNatural(updatedAt), updatedAt, `${name}.updatedAt`, 'epoch milliseconds')
  checkData(typeof archived === 'boolean', archived, `${name}.archived`, 'true or false')
  checkData(isNatural(schemaVersion), schemaVersion, `${name}.schemaVersion`, 'an integer >= 0')
  const fields = { id, title, titleSource, createdAt, updatedAt, archived, schemaVersion }
  return { ...fields, metadata: prepareObject(metadata, `${name}.metadata`) }
}

function toMessage(value: unknown, name: string): StoredMessage {
  const message = prepareObject(value as StoredMessage, name)
  const { id, status } = message
  checkId(id, `${name}.id`)
  checkData(status === undefined || STATUSES.includes(status), status, `${name}.status`, STATUSES.join(', '))
  return settled(message)
}

function isNatural(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function parse(line: string, name: string): Record<string, unknown> {
  try {
    const value = decodeTagged(line || '{}')
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch (error) {
    throw new ValidationError(name, 'cannot be read', { cause: error })
  }
  throw new ValidationError(name, 'is no object')
}
