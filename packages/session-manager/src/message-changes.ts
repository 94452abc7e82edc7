import { deepEqual } from './deep-equal.ts'
import { ValidationError } from './errors.ts'
import { checkArray, checkObject, checkTitle, prepareMessage, prepareObject } from './prepare-message.ts'
import type { NextContent } from './session.ts'
import type { SessionRecord } from './session-record.ts'
import type { Change, StoredMessage } from './session-store.ts'
import { titleFrom } from './title.ts'
import type { Validate } from './validate-message.ts'

/** The messages that are not there yet; the first user message gives the session its title. */
export function appendChanges(base: SessionRecord, messages: readonly StoredMessage[]): Change[] {
  const fresh = messages.filter(message => !base.message(message.id))
  return fresh.length === 0 ? [] : [{ type: 'append', messages: fresh }, ...titleChanges(base, fresh)]
}

function titleChanges(base: SessionRecord, fresh: readonly StoredMessage[]): Change[] {
  const title = base.titleSource === 'default' ? titleFrom(fresh) : undefined
  return title === undefined ? [] : [{ type: 'set', title, titleSource: 'auto' }]
}

/** `change` is what to put over the message, or makes the next message of it. */
export function editChanges(
  base: SessionRecord,
  messageId: string,
  change: object | ((message: StoredMessage) => object),
  validate: Validate,
): Change[] {
  const before = existing(base, messageId)
  if (typeof change !== 'function') checkObject(change, 'change')
  const next: object = typeof change === 'function' ? change(before) : { ...before, ...change }
  checkObject(next, 'change()')
  const message = prepareMessage(next, 'message', validate, undefined, 0, before)
  return deepEqual(before, message) ? [] : [{ type: 'replace', message }]
}

export function truncateChanges(base: SessionRecord, messageId: string): Change[] {
  existing(base, messageId)
  return base.messages.at(-1)?.id === messageId ? [] : [{ type: 'truncate', afterMessageId: messageId }]
}

/** What leads from `base` to what a recipe has made of it. */
export function diffChanges(base: SessionRecord, next: NextContent<object, object>, validate: Validate): Change[] {
  const { messages = base.messages, title = base.title, metadata = base.metadata } = prepareObject(next, 'data')
  checkArray(messages, 'data.messages')
  const prepared = prepareAll(base, messages, validate)
  const changes = diffMessages(base, prepared)
  if (title !== base.title) {
    checkTitle(title)
    changes.push({ type: 'set', title, titleSource: 'user' })
  } else
    changes.push(
      ...titleChanges(
        base,
        prepared.filter(message => !base.message(message.id)),
      ),
    )
  if (!deepEqual(metadata, base.metadata)) {
    changes.push({ type: 'set', metadata: prepareObject(metadata, 'data.metadata') })
  }
  return changes
}

function prepareAll(
  base: SessionRecord,
  messages: readonly (object & { readonly id?: unknown })[],
  validate: Validate,
): StoredMessage[] {
  const ids = new Set<string>()
  return messages.map((message, index) => {
    const name = `data.messages[${index}]`
    const before = base.message(message?.id as string)
    const prepared = prepareMessage(message, name, validate, undefined, 0, before)
    if (ids.has(prepared.id)) throw new ValidationError(`${name}.id`, `is there twice: ${prepared.id}`)
    ids.add(prepared.id)
    return before && deepEqual(before, prepared) ? before : prepared
  })
}

/** What leads from the messages of `base` to `next`. */
export function diffMessages(base: SessionRecord, next: readonly StoredMessage[]): Change[] {
  const kept = new Set(next.map(message => message.id))
  const stays = base.messages.filter(message => kept.has(message.id))
  const inOrder = stays.every((message, index) => message.id === next[index]?.id)
  const changes: Change[] = []
  let same = stays.length
  if (inOrder) {
    for (const { id } of base.messages) if (!kept.has(id)) changes.push({ type: 'remove', messageId: id })
    for (const message of next.slice(0, same)) {
      if (message !== base.message(message.id)) changes.push({ type: 'replace', message })
    }
  } else {
    // Messages were moved or put between others: what is after the common start is written again.
    same = next.findIndex((message, index) => message !== base.messages[index])
    changes.push({ type: 'truncate', afterMessageId: base.messages[same - 1]?.id ?? null })
  }
  if (same < next.length) changes.push({ type: 'append', messages: next.slice(same) })
  return changes
}

function existing(base: SessionRecord, messageId: string): StoredMessage {
  const message = base.message(messageId)
  if (!message) throw new ValidationError('messageId', `names no message of the session: ${messageId}`)
  return message
}
