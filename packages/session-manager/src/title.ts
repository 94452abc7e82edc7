import type { StoredMessage } from './session-store.ts'

/** The title of a session until its first user message, or the user, gives it one. */
export const DEFAULT_TITLE = 'New Chat'
const MAX_GRAPHEMES = 60

/** A title from what the user wrote: its first 60 characters as people count them, on one line. */
export function titleFrom(messages: readonly StoredMessage[]): string | undefined {
  const message = messages.find(each => !('role' in each) || each.role === 'user')
  const text = message && textOf(message).replace(/\s+/g, ' ').trim()
  if (!text) return undefined
  const graphemes = split(text.slice(0, MAX_GRAPHEMES * 20))
  return graphemes.length > MAX_GRAPHEMES ? `${graphemes.slice(0, MAX_GRAPHEMES).join('').trimEnd()}…` : text
}

/** `content` or `text` where it is a string, else the texts of its parts (`content` or `parts`). */
function textOf(message: object): string {
  const { content, text, parts } = message as { content?: unknown; text?: unknown; parts?: unknown }
  if (typeof content === 'string') return content
  if (typeof text === 'string') return text
  const list = Array.isArray(content) ? content : Array.isArray(parts) ? parts : []
  return list.map(part => (typeof part?.text === 'string' ? part.text : '')).join(' ')
}

function split(text: string): string[] {
  // Firefox has it since 125; without it, code points.
  if (!('Segmenter' in Intl)) return [...text]
  return Array.from(new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text), each => each.segment)
}
