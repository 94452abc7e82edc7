import { isId } from './check-option.ts'
import { deepEqual } from './deep-equal.ts'

type Fields = Readonly<Record<string, unknown>>

/** A session as the older code kept it, in its pieces. */
export interface LegacySession {
  readonly id: string
  readonly path: string
  readonly fields: Fields
  messages: readonly Fields[]
}

/** What could not be taken, where it was, and why. */
export interface Skipped {
  readonly path: string
  readonly reason: string
  readonly value: unknown
}

/**
 * Finds the sessions in whatever the older code has left: lists and maps of sessions, one session, an emergency backup,
 * a bare conversation, and the text of any of them.
 */
export function findLegacySessions(data: unknown, skip: (skipped: Skipped) => void): LegacySession[] {
  const found = new Map<string, LegacySession>()

  const visit = (value: unknown, path: string): void => {
    const given = typeof value === 'string' ? parse(value) : value
    if (Array.isArray(given)) {
      if (given.some(hasMessages)) for (const [index, each] of given.entries()) visit(each, `${path}[${index}]`)
      else if (given.length > 0) add({ id: 'legacy-conversation', messages: given }, path)
    } else if (hasMessages(given)) add(given, path)
    else if (typeof given === 'object' && given !== null && Object.keys(given).length > 0) {
      for (const [key, each] of Object.entries(given)) visit(each, `${path}.${key}`)
    } else skip({ path, reason: 'is no session', value })
  }

  const add = (fields: Fields & { readonly messages: readonly unknown[] }, path: string): void => {
    // A backup calls it `sessionId`.
    const given = fields.id ?? fields.sessionId
    const id = isId(given) ? given : `legacy-${fields.createdAt ?? path}`
    const messages = fields.messages.filter((message, index): message is Fields => {
      if (typeof message === 'object' && message !== null && !Array.isArray(message)) return true
      skip({ path: `${path}.messages[${index}]`, reason: 'is no message', value: message })
      return false
    })
    const before = found.get(id)
    if (before) before.messages = merge(before.messages, messages)
    else found.set(id, { id, path, fields, messages })
  }

  visit(data, 'data')
  return [...found.values()]
}

/** Two records of one conversation, each of which may lack an end of it: a backup has the last hundred messages. */
function merge(a: readonly Fields[], b: readonly Fields[]): readonly Fields[] {
  return goOn(a, b) ?? goOn(b, a) ?? [...a, ...b]
}

/** `a` with what `b` has after it; `undefined` when `b` does not begin in `a`. */
function goOn(a: readonly Fields[], b: readonly Fields[]): readonly Fields[] | undefined {
  for (let start = 0; start < a.length; start++) {
    const common = Math.min(a.length - start, b.length)
    const isCommon = b.slice(0, common).every((message, index) => {
      const mine = a[start + index] as Fields
      return deepEqual(message, mine) || (start + index === a.length - 1 && isLonger(message, mine))
    })
    if (isCommon)
      return [
        ...a.slice(0, start),
        ...b.slice(0, common),
        ...(start + common < a.length ? a.slice(start + common) : b.slice(common)),
      ]
  }
  return undefined
}

/** The same message when more of it had been streamed. */
function isLonger(message: Fields, than: Fields): boolean {
  const [long, short] = [message.content, than.content]
  return message.role === than.role && typeof long === 'string' && typeof short === 'string' && long.startsWith(short)
}

function hasMessages(value: unknown): value is Fields & { readonly messages: readonly unknown[] } {
  const given = typeof value === 'string' ? parse(value) : value
  return typeof given === 'object' && given !== null && 'messages' in given && Array.isArray(given.messages)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
