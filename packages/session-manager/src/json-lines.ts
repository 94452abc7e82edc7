import { describe } from './check-option.ts'
import { ValidationError } from './errors.ts'
import { freezeCopy } from './freeze-copy.ts'
import { settled } from './new-session.ts'
import { checkId, checkTitle, prepareObject } from './prepare-message.ts'
import type { MessageStatus, NewSession, StoredMessage, StoredSession, TitleSource } from './session-store.ts'
import { decodeTagged, encodeTagged, readBlobs } from './tagged-json.ts'

const HEADER = { format: '@x/session-manager', version: 1 }
const TITLE_SOURCES: readonly TitleSource[] = ['default', 'auto', 'user']
const STATUSES: readonly MessageStatus[] = ['streaming', 'complete', 'interrupted', 'failed']

/** Sessions as JSON Lines: a header, then a line for each session and for each of its messages. */
export async function toJsonLines(sessions: readonly StoredSession[]): Promise<string> {
  const lines = [JSON.stringify(HEADER)]
  for (const { messages, ...session } of sessions) {
    lines.push(encodeTagged({ session }, 'export', await readBlobs(session)))
    for (const message of messages) {
      lines.push(encodeTagged({ message }, 'export', await readBlobs(message)))
    }
  }
  return `${lines.join('\n')}\n`
}

/** @throws {@link ValidationError} naming the line that is no export of this or an earlier version. */
export function fromJsonLines(data: string): NewSession[] {
  if (typeof data !== 'string') throw new ValidationError('data', `must be text, got ${describe(data)}`)
  const sessions: (Omit<NewSession, 'messages'> & { messages: StoredMessage[] })[] = []
  const [header, ...lines] = data.split('\n').map((line, index) => (line === '' ? undefined : parse(line, index + 1)))
  if (header?.format !== HEADER.format || header.version !== HEADER.version) {
    throw new ValidationError('data', `must be an export of version ${HEADER.version}`)
  }
  for (const [index, line] of lines.entries()) {
    const name = `line ${index + 2}`
    if (line?.session) {
      sessions.push({ ...toSession(line.session, name), messages: [] })
    } else if (line?.message) {
      const session = sessions.at(-1)
      if (!session) throw new ValidationError(name, 'is a message without a session')
      session.messages.push(toMessage(line.message, name))
    } else if (line) throw new ValidationError(name, 'is neither a session nor a message')
  }
  return freezeCopy(sessions, 'data')
}

/** Its known fields, checked; one that was deleted when it was exported comes back. */
function toSession(value: unknown, name: string): Omit<NewSession, 'messages'> {
  const session = prepareObject(value as NewSession, name)
  const { id, title, titleSource, metadata, createdAt, updatedAt, archived, schemaVersion = 0 } = session
  checkId(id, `${name}.id`)
  checkTitle(title, `${name}.title`)
  check(titleSource, TITLE_SOURCES.includes(titleSource), `${name}.titleSource`, TITLE_SOURCES.join(', '))
  check(createdAt, isNatural(createdAt), `${name}.createdAt`, 'epoch milliseconds')
  check(updatedAt, isNatural(updatedAt), `${name}.updatedAt`, 'epoch milliseconds')
  check(archived, typeof archived === 'boolean', `${name}.archived`, 'true or false')
  check(schemaVersion, isNatural(schemaVersion), `${name}.schemaVersion`, 'an integer >= 0')
  const fields = { id, title, titleSource, createdAt, updatedAt, archived, schemaVersion }
  return { ...fields, metadata: prepareObject(metadata, `${name}.metadata`) }
}

function toMessage(value: unknown, name: string): StoredMessage {
  const message = prepareObject(value as StoredMessage, name)
  const { id, status } = message
  checkId(id, `${name}.id`)
  check(status, status === undefined || STATUSES.includes(status), `${name}.status`, STATUSES.join(', '))
  return settled(message)
}

function isNatural(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function check(value: unknown, isRight: boolean, name: string, accepted: string): void {
  if (!isRight) throw new ValidationError(name, `must be ${accepted}, got ${describe(value)}`)
}

function parse(line: string, number: number): Record<string, unknown> {
  try {
    const value = decodeTagged(line)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch (error) {
    throw new ValidationError(`line ${number}`, 'cannot be read', { cause: error })
  }
  throw new ValidationError(`line ${number}`, 'is no object')
}
