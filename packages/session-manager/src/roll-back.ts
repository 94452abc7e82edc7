import { diffMessages } from './message-changes.ts'
import type { RecordContent, SessionRecord } from './session-record.ts'
import type { Change, StoredMessage } from './session-store.ts'

/** Takes back what a turn has written since `start`, and leaves what others have. */
export function rollBackChanges(base: SessionRecord, start: RecordContent, written: readonly Change[]): Change[] {
  const touched = new Set(written.flatMap(change => touchedBy(change, start.messages)))
  const known = new Set(start.messages.map(message => message.id))
  const restored = start.messages.map(message => (touched.has(message.id) ? message : base.message(message.id)))
  const added = base.messages.filter(({ id }) => !known.has(id) && !touched.has(id))
  const changes = diffMessages(base, [...restored.filter(message => message !== undefined), ...added])
  for (const change of written) {
    if (change.type === 'set' && change.title !== undefined) changes.push({ type: 'set', title: start.title })
    if (change.type === 'set' && change.metadata) changes.push({ type: 'set', metadata: start.metadata })
  }
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
