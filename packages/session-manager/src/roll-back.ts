import { deepEqual } from './deep-equal.ts'
import { diffMessages } from './message-changes.ts'
import type { SessionRecord } from './session-record.ts'
import type { Change, StoredMessage } from './session-store.ts'
import type { TurnStart } from './turn.ts'

/** Takes back what a turn has written since `start`, and leaves what others have. */
export function rollBackChanges(base: SessionRecord, start: TurnStart, written: readonly Change[]): Change[] {
  const touched = new Set(written.flatMap(change => touchedBy(change, start.messages)))
  const known = new Set(start.messages.map(message => message.id))
  const restored = start.messages.map(message => (touched.has(message.id) ? message : base.message(message.id)))
  const added = base.messages.filter(({ id }) => !known.has(id) && !touched.has(id))
  const changes = diffMessages(base, [...restored.filter(message => message !== undefined), ...added])
  const { title, titleSource, metadata } = start
  const sets = written.filter(change => change.type === 'set')
  const lastTitle = sets.filter(set => set.title !== undefined).at(-1)?.title
  if (lastTitle === base.title) changes.push({ type: 'set', title, titleSource })
  const lastMetadata = sets.filter(set => set.metadata).at(-1)?.metadata
  if (lastMetadata && deepEqual(lastMetadata, base.metadata)) changes.push({ type: 'set', metadata })
  return changes
}

function touchedBy(change: Change, messages: readonly StoredMessage[]): readonly string[] {
  switch (change.type) {
    case 'append':
      return change.messages.map(message => message.id)
    case 'replace':
      return [change.message.id]
    case 'remove':
    case 'delta':
      return [change.messageId]
    case 'truncate':
      return messages
        .slice(messages.findIndex(message => message.id === change.afterMessageId) + 1)
        .map(message => message.id)
    default:
      return []
  }
}
