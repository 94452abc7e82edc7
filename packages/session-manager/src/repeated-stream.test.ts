import { expect, it } from 'vitest'
import { type ChatMessage, faultyStore } from '../test/faulty-store.ts'
import { createSessionManager, type Session } from './index.ts'

async function ask(session: Session<ChatMessage>, answer: string) {
  await using writer = await session.stream({ role: 'assistant' } as ChatMessage, { operationId: 'reply-1' })
  for (const piece of answer) writer.write(piece)
  return writer.complete()
}

it('stores a streamed message once when its operation is repeated, here or in another tab', async () => {
  const store = faultyStore()
  await using a = createSessionManager<ChatMessage>({ store })
  await using b = createSessionManager<ChatMessage>({ store })
  const one = await a.create()

  const first = await ask(one, 'first')
  const again = await ask(one, 'second')
  const elsewhere = await ask(await b.open(one.id), 'third')

  expect(first).toMatchObject({ content: 'first', status: 'complete' })
  expect([again, elsewhere]).toEqual([first, first])
  expect((await store.load(one.id))?.messages).toEqual([first])
})

it('refuses to stream an operation twice at the same time', async () => {
  await using manager = createSessionManager<ChatMessage>()
  const session = await manager.create()
  const init = { role: 'assistant' } as ChatMessage
  await using writer = await session.stream(init, { operationId: 'reply-1' })

  await expect(session.stream(init, { operationId: 'reply-1' })).rejects.toMatchObject({ code: 'VALIDATION' })
  expect(writer.messageId).toBe('reply-1:0')
})

it('does not double the text when two tabs begin the same operation at once', async () => {
  const store = faultyStore()
  await using a = createSessionManager<ChatMessage>({ store })
  await using b = createSessionManager<ChatMessage>({ store })
  const one = await a.create()
  const two = await b.open(one.id)

  const [first, second] = await Promise.allSettled([ask(one, 'text'), ask(two, 'text')])

  const [message] = (await store.load(one.id))?.messages ?? []
  expect(message).toMatchObject({ content: 'text', status: 'complete' })
  expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected'])
})
