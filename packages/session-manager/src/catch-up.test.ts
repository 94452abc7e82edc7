import { expect, it } from 'vitest'
import { type ChatMessage, faultyStore, texts, user } from '../test/faulty-store.ts'
import { createSessionManager, memoryStore } from './index.ts'

it('follows what others write without loading the session again', async () => {
  const inner = memoryStore()
  let loads = 0
  const load: typeof inner.load = (...args) => {
    loads++
    return inner.load(...args)
  }
  await using ours = createSessionManager<ChatMessage>({ store: { ...faultyStore(inner), load } })
  await using theirs = createSessionManager<ChatMessage>({ store: inner })
  const { id } = await theirs.create({ messages: Array.from({ length: 100 }, (_, n) => user(`${n}`)) })
  const [session, other] = [await ours.open(id), theirs.current]

  for (let n = 0; n < 20; n++) {
    await other?.append(user(`theirs ${n}`))
    if (n % 5 === 0) await session.append(user(`ours ${n}`))
  }
  await other?.edit(session.messages[0]?.id ?? '', { content: 'edited' })
  await ours.flush()

  expect(texts(session)).toEqual(texts(other as typeof session))
  expect([session.messages.length, session.messages[0]?.content, loads]).toEqual([124, 'edited', 1])
})

it('loads when a step is missing', async () => {
  const inner = memoryStore()
  const notices: ((notice: { id: string; version: number }) => void)[] = []
  const watch: typeof inner.watch = listener => {
    notices.push(listener)
    return () => {}
  }
  await using ours = createSessionManager<ChatMessage>({ store: { ...faultyStore(inner), watch } })
  await using theirs = createSessionManager<ChatMessage>({ store: inner })
  const other = await theirs.create()
  const session = await ours.open(other.id)
  await other.append(user('not told of'))
  await other.append(user('told of'))

  notices[0]?.({ id: other.id, version: other.version })

  await expect.poll(() => texts(session)).toEqual(['not told of', 'told of'])
})
