import { describe, expect, it } from 'vitest'
import { begin, type Message } from '../test/hurried-manager.ts'
import { createSessionManager, type StoredMessage } from './index.ts'

describe('a message that is being streamed', () => {
  it('keeps what is edited meanwhile', async () => {
    const { store, session } = await begin()
    const writer = await session.stream({ role: 'assistant', content: '' })
    writer.write('abc')
    await session.edit(writer.messageId, { liked: true } as never)
    writer.write('def')
    await session.update(({ messages }) => ({ messages: messages.map(message => ({ ...message, tag: 1 })) }))
    writer.write('ghi')
    const whole = { content: 'abcdefghi', liked: true, tag: 1, status: 'complete' }
    const { status, ...shown } = whole
    expect(session.messages[0]).toMatchObject({ ...shown, status: 'streaming' })

    expect(await writer.complete()).toMatchObject(whole)

    expect(session.messages).toMatchObject([whole])
    expect((await store.load(session.id))?.messages).toEqual(session.messages)
  })

  it('keeps what another tab edits meanwhile', async () => {
    const { store, session } = await begin()
    const writer = await session.stream({ role: 'assistant', content: '' })
    writer.write('abc')
    await using other = createSessionManager<Message>({ store })
    const two = await other.open(session.id)
    await two.edit(writer.messageId, { liked: true } as never)
    writer.write('def')
    await writer.complete()
    await other.flush()

    const [message] = session.messages as readonly StoredMessage<Message>[]
    expect(message).toMatchObject({ content: 'abcdef', liked: true, status: 'complete' })
    expect((await store.load(session.id))?.messages).toEqual([message])
  })

  it('is never stored twice, however edits and pieces mix', async () => {
    const { store, session } = await begin()
    const writer = await session.stream({ role: 'assistant', content: '' })
    const edits: Promise<unknown>[] = []
    for (const piece of ['a', 'b', 'c', 'd']) {
      writer.write(piece)
      edits.push(session.edit(writer.messageId, { [piece]: true } as never))
      writer.write(piece.toUpperCase())
      if (piece === 'b') store.lostAnswers = 1
      if (piece === 'c') await Promise.all(edits)
    }
    await Promise.all(edits)
    const stored = await store.load(session.id)
    const { content } = (stored?.messages[0] ?? { content: '' }) as Message
    expect('aAbBcCdD'.startsWith(content)).toBe(true)
    expect(content.length).toBeGreaterThanOrEqual(7)
    await writer.complete()
    expect((await store.load(session.id))?.messages).toMatchObject([
      { content: 'aAbBcCdD', a: true, b: true, c: true, d: true },
    ])
  })
})
