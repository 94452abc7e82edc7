import { ValidationError } from './errors.ts'
import { freezeCopy } from './freeze-copy.ts'
import { settled } from './new-session.ts'
import { checkId, prepareObject } from './prepare-message.ts'
import type { NewSession, StoredMessage, StoredSession } from './session-store.ts'
import { decodeTagged, encodeTagged, readBlobs } from './tagged-json.ts'

const HEADER = { format: '@x/session-manager', version: 1 }

/** Sessions as JSON Lines: a header, then a line for each session and for each of its messages. */
export async function toJsonLines(sessions: readonly StoredSession[]): Promise<string> {
  const lines = [JSON.stringify(HEADER)]
  for (const { messages, ...session } of sessions) {
    lines.push(encodeTagged({ session }, 'export'))
    for (const message of messages) {
      lines.push(encodeTagged({ message }, 'export', await readBlobs(message)))
    }
  }
  return `${lines.join('\n')}\n`
}

/** @throws {@link ValidationError} naming the line that is no export of this or an earlier version. */
export function fromJsonLines(data: string): NewSession[] {
  const sessions: (Omit<NewSession, 'messages'> & { messages: StoredMessage[] })[] = []
  const [header, ...lines] = data.split('\n').map((line, index) => (line === '' ? undefined : parse(line, index + 1)))
  if (header?.format !== HEADER.format || header.version !== HEADER.version) {
    throw new ValidationError('data', `must be an export of version ${HEADER.version}`)
  }
  for (const [index, line] of lines.entries()) {
    const name = `line ${index + 2}`
    if (line?.session) {
      const session = prepareObject(line.session as NewSession, name)
      checkId(session.id, `${name}.id`)
      sessions.push({ ...session, messages: [] })
    } else if (line?.message) {
      const message = prepareObject(line.message as StoredMessage, name)
      checkId(message.id, `${name}.id`)
      const session = sessions.at(-1)
      if (!session) throw new ValidationError(name, 'is a message without a session')
      session.messages.push(settled(message))
    } else if (line) throw new ValidationError(name, 'is neither a session nor a message')
  }
  return freezeCopy(sessions, 'data')
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
