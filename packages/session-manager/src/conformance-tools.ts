import { isSessionError } from './errors.ts'
import type { Change, NewSession, SessionStore, StoredMessage, StoredSession } from './session-store.ts'
import { uniqueId } from './unique-id.ts'

/** Names a fact and shows it on an empty store. */
export type Fact = (name: string, run: (store: SessionStore) => Promise<void>) => unknown

export function newSession(id: string, fields?: Partial<NewSession>): NewSession {
  const now = Date.now()
  return {
    id,
    title: 'Title',
    titleSource: 'user',
    metadata: {},
    archived: false,
    messages: [],
    createdAt: now,
    updatedAt: now,
    ...fields,
  }
}

export function message(id: string, content: string = id): StoredMessage {
  return { id, content } as StoredMessage
}

/** Commits changes on a version, as an operation of its own. */
export async function write(
  store: SessionStore,
  id: string,
  expectedVersion: number | null,
  ...changes: Change[]
): Promise<number> {
  return (await store.commit(id, { expectedVersion, operationId: uniqueId(), changes })).version
}

/** A session `s` with these messages, at version 1. */
export async function begin(store: SessionStore, ...messages: StoredMessage[]): Promise<number> {
  return write(store, 's', null, { type: 'create', session: newSession('s', { messages }) })
}

export async function load(store: SessionStore, id = 's'): Promise<StoredSession> {
  const session = await store.load(id)
  if (!session) throw new Error(`session "${id}" should be there`)
  return session
}

export async function contents(store: SessionStore): Promise<unknown[]> {
  return (await load(store)).messages.map(each => Reflect.get(each, 'content'))
}

/** Fails unless both print the same; the suite runs under any runner, so it brings its own. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [is, should] = [print(actual), print(expected)]
  if (is !== should) throw new Error(`${what}: should be ${should}, is ${is}`)
}

export async function rejects(promise: Promise<unknown>, code: string, what: string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    error => error,
  )
  same(isSessionError(error) ? error.code : error, code, what)
}

/** Distinguishes every kind that a store may keep. */
export function print(value: unknown): string {
  if (value instanceof Date) return `Date(${value.getTime()})`
  if (value instanceof RegExp) return `RegExp(${value})`
  if (value instanceof Map) return `Map${print([...value])}`
  if (value instanceof Set) return `Set${print([...value])}`
  if (value instanceof ArrayBuffer) return `ArrayBuffer(${new Uint8Array(value)})`
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${new Uint8Array(value.buffer)})`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string') return JSON.stringify(value)
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(print)}]`
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}: ${print(item)}`)}}`
}
