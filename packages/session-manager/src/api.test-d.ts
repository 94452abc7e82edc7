import { LockManager } from '@x/mutex'
import * as v from 'valibot'
import { z } from 'zod'
import { createSessionManager, memoryStore, type Session, type SessionStore, type StoredMessage } from './index.ts'
import { indexedDBStore } from './indexeddb.ts'

interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: string
}
interface Metadata {
  readonly model: string
}

const manager = createSessionManager<Message, Metadata>({ store: indexedDBStore(), locks: navigator.locks })
createSessionManager({ store: memoryStore(), locks: new LockManager() })
const session = await manager.create({ metadata: { model: 'm' } })

const messages: readonly StoredMessage<Message>[] = session.messages
export const id: string | undefined = messages[0]?.id
await session.append({ role: 'user', content: 'x' })
await session.append([{ role: 'user', content: 'x' }], { operationId: 'o' })
await session.edit('m', { content: 'y' })
await session.edit('m', message => ({ ...message, content: message.content.trim() }))
await session.update(({ messages }) => ({ messages: [...messages, { role: 'user', content: 'x' }] }))
export const length: number = await session.turn(({ session }) => session.messages.length, { onBusy: 'rollback' })
manager.on('commit-stored', ({ type, version, durationMs }) => [type, version + durationMs])

await session.append({ id: 'x', role: 'user', content: 'x' })
await session.append([{ id: 'x', role: 'user', content: 'x' }])
await session.stream({ id: 'x', role: 'assistant' })
await manager.create({ metadata: { model: 'm' }, messages: [{ id: 'x', role: 'user', content: 'x' }] })
await session.update(({ messages, metadata }) => ({
  messages: [...messages, { id: 'y', role: 'user', content: 'x' }],
  metadata: { ...metadata, model: 'n' },
}))
await createSessionManager<Message>().create()
await (await createSessionManager().create({ messages: [{ text: 'any' }] })).append({ text: 'any' })
await createSessionManager<Message, { model?: string }>().create()

/** In code that is generic, what was stored can be written again. */
export async function copy<M extends object>(from: Session<M>, to: Session<M>): Promise<readonly StoredMessage<M>[]> {
  await to.append(from.messages)
  await to.update(({ messages }) => ({ messages: [...messages, ...from.messages] }))
  await to.edit('m', message => message)
  return from.messages
}

interface Writable {
  content: string
}
const writable = await createSessionManager<Writable, { model?: string }>().create()
// @ts-expect-error: messages are frozen
if (writable.messages[0]) writable.messages[0].content = 'x'
// @ts-expect-error: metadata are frozen
writable.metadata.model = 'x'
// @ts-expect-error: a model is required
await manager.create()
// @ts-expect-error: no such role
await session.append({ role: 'robot', content: 'x' })
// @ts-expect-error: content is missing
await session.append({ role: 'user' })
// @ts-expect-error: content is a string
await session.edit('m', { content: 1 })
// @ts-expect-error: metadata has a model
await manager.create({ metadata: {} })
// @ts-expect-error: a snapshot is for reading
session.messages.push({ id: 'x', role: 'user', content: 'x' })
// @ts-expect-error: a store has to commit
export const store: SessionStore = { load: async () => undefined }
// @ts-expect-error: no such policy
await session.turn(() => {}, { onBusy: 'whatever' })
// @ts-expect-error: no such event
manager.on('saved', () => {})

// A writer takes text, or what `applyDelta` takes.
;(await session.stream()).write('x')
// @ts-expect-error: without `applyDelta`, text is all there is
;(await session.stream()).write({ text: 'x' })
const structured = createSessionManager({
  applyDelta: (message: Partial<Writable>, delta: { readonly text: string }) => ({ ...message, content: delta.text }),
})
;(await (await structured.create()).stream()).write({ text: 'x' })
// @ts-expect-error: the delta has a text
;(await (await structured.create()).stream()).write('x')

// A schema makes messages of the manager's type, and gives that type where none is given.
const role = z.enum(['user', 'assistant'])
const checked = await createSessionManager({ schema: z.object({ role, content: z.string() }) }).create()
export const content: string | undefined = checked.messages[0]?.content
await checked.append({ role: 'user', content: 'x' })
// @ts-expect-error: no such role
await checked.append({ role: 'robot', content: 'x' })
createSessionManager<Message>({ schema: z.object({ role, content: z.string() }) })
createSessionManager<Message>({ schema: v.object({ role: v.picklist(['user', 'assistant']), content: v.string() }) })
const valid = await createSessionManager({ schema: v.object({ text: v.pipe(v.string(), v.trim()) }) }).create()
await valid.append({ text: 'x' })
// @ts-expect-error: what it makes is no message of this manager
createSessionManager<Message>({ schema: z.object({ role: z.string(), content: z.string() }) })
// @ts-expect-error: what it makes lacks the content
createSessionManager<Message>({ schema: v.object({ role: v.picklist(['user']) }) })
// @ts-expect-error: a message is an object
createSessionManager({ schema: z.string() })
