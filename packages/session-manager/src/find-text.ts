import type { ListQuery, StoredMessage } from './session-store.ts'

const NOT_TEXT = new Set(['id', 'role', 'status'])

/** Whether a query finds the session; its messages are looked at only when there is a text that the title has not. */
export function matches(
  session: { readonly title: string; readonly archived: boolean; readonly deletedAt?: number | undefined },
  { deleted = false, archived, text }: ListQuery,
  content: { readonly messages: readonly StoredMessage[] },
): boolean {
  if ((session.deletedAt !== undefined) !== deleted) return false
  if (archived !== undefined && session.archived !== archived) return false
  const needle = text?.toLowerCase()
  if (!needle || session.title.toLowerCase().includes(needle)) return true
  return content.messages.some(message => messageHasText(message, needle))
}

/** Whether any text of the message holds `needle`, which is lower-case already. */
function messageHasText(message: StoredMessage, needle: string): boolean {
  return Object.entries(message).some(([key, value]) => !NOT_TEXT.has(key) && hasText(value, needle))
}

function hasText(value: unknown, needle: string): boolean {
  if (typeof value === 'string') return value.toLowerCase().includes(needle)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some(child => hasText(child, needle))
}
