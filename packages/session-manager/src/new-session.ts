import { ValidationError } from './errors.ts'
import { freezeCopy } from './freeze-copy.ts'
import { checkArray, checkId, checkObject, checkTitle, prepareMessage, prepareObject } from './prepare-message.ts'
import type { SessionInit } from './session-manager.ts'
import type { SessionRecord } from './session-record.ts'
import type { NewSession, StoredMessage } from './session-store.ts'
import type { Surroundings } from './surroundings.ts'
import { DEFAULT_TITLE, titleFrom } from './title.ts'
import { uniqueId } from './unique-id.ts'

/** What a session is when it begins. */
export function newSession(
  init: SessionInit<object, object>,
  now: number,
  { validate, migrator }: Pick<Surroundings, 'validate' | 'migrator'>,
): NewSession {
  checkObject(init, 'init')
  const { id = uniqueId(), title, metadata = {}, messages: given = [] } = init
  checkId(id, 'id')
  if (title !== undefined) checkTitle(title)
  checkArray(given, 'messages')
  const messages = distinct(given.map((message, index) => prepareMessage(message, `messages[${index}]`, validate)))
  const auto = title === undefined ? titleFrom(messages) : undefined
  return Object.freeze({
    id,
    title: title ?? auto ?? DEFAULT_TITLE,
    titleSource: title !== undefined ? 'user' : auto !== undefined ? 'auto' : 'default',
    metadata: prepareObject(metadata, 'metadata'),
    createdAt: now,
    updatedAt: now,
    archived: false,
    schemaVersion: migrator.schemaVersion,
    messages,
  })
}

/** A session that goes on from another, up to and with a message of it. */
export function forkOf(base: SessionRecord, atMessageId: string | undefined, now: number): NewSession {
  const end =
    atMessageId === undefined ? base.messages.length : base.messages.findIndex(({ id }) => id === atMessageId) + 1
  if (atMessageId !== undefined && end === 0) {
    throw new ValidationError('atMessageId', `names no message of the session: ${atMessageId}`)
  }
  const { version, ...stored } = base.toStored()
  const messages = stored.messages.slice(0, end).map(settled)
  return Object.freeze({ ...stored, id: uniqueId(), createdAt: now, updatedAt: now, archived: false, messages })
}

/** As it would be if its writer were gone: the copy has none. */
export function settled(message: StoredMessage): StoredMessage {
  return message.status === 'streaming' ? freezeCopy({ ...message, status: 'interrupted' }, 'message') : message
}

function distinct(messages: readonly StoredMessage[]): StoredMessage[] {
  const byId = new Map<string, StoredMessage>()
  for (const message of messages) if (!byId.has(message.id)) byId.set(message.id, message)
  return [...byId.values()]
}
