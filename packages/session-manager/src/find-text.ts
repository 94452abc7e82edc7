import type { StoredMessage } from './session-store.ts'

const NOT_TEXT = new Set(['id', 'role', 'status'])

/** Whether any text of the message holds `needle`, which is lower-case already. */
export function messageHasText(message: StoredMessage, needle: string): boolean {
  return Object.entries(message).some(([key, value]) => !NOT_TEXT.has(key) && hasText(value, needle))
}

function hasText(value: unknown, needle: string): boolean {
  if (typeof value === 'string') return value.toLowerCase().includes(needle)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some(child => hasText(child, needle))
}
