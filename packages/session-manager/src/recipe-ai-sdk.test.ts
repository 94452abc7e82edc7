import { simulateReadableStream } from 'ai'
import { MockLanguageModelV4 } from 'ai/test'
import { describe, expect, it } from 'vitest'
import { ask, createChats } from '../recipes/ai-sdk-chat.ts'
import { memoryStore } from './index.ts'

type Chunk = { type: 'text-delta'; id: string; delta: string } | { type: 'error'; error: unknown }

function model(deltas: readonly string[], { fails = false, delayMs = 0 } = {}) {
  const text = deltas.map((delta): Chunk => ({ type: 'text-delta', id: 't', delta }))
  const usage = {
    inputTokens: { total: 1, noCache: 1, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: 1, text: 1, reasoning: undefined },
  }
  const end = fails
    ? [{ type: 'error' as const, error: new Error('overloaded') }]
    : [
        { type: 'text-end' as const, id: 't' },
        { type: 'finish' as const, finishReason: { unified: 'stop' as const, raw: undefined }, usage },
      ]
  const chunks = [{ type: 'text-start' as const, id: 't' }, ...text, ...end]
  return new MockLanguageModelV4({
    doStream: async () => ({
      stream: simulateReadableStream({ chunks, initialDelayInMs: 0, chunkDelayInMs: delayMs }),
    }),
  })
}

const said = (messages: readonly object[]) =>
  messages.map(message => {
    const { role, parts, status } = message as { role: string; parts: { text?: string }[]; status?: string }
    return [role, parts.map(part => part.text ?? '').join(''), status]
  })

describe('an AI SDK chat', () => {
  it('stores the question and the streamed reply as UI messages, and goes on from them in another process', async () => {
    const store = memoryStore()
    await using chats = createChats(store)
    const chat = await chats.create()
    await ask(chat, model(['Hel', 'lo']), 'Hi')
    await using later = createChats(store)
    const again = await later.open(chat.id)
    expect(said(again.messages)).toEqual([
      ['user', 'Hi', undefined],
      ['assistant', 'Hello', 'complete'],
    ])
    const second = model(['Yes'])
    await ask(again, second, 'Again?')
    expect(JSON.stringify(second.doStreamCalls[0]?.prompt)).toMatch(/Hi.*Hello.*Again\?/)
    expect(again.title).toBe('Hi')
  })

  it('keeps what came of a reply that was stopped, and marks it', async () => {
    await using chats = createChats(memoryStore())
    const chat = await chats.create()
    const stop = new AbortController()
    const asked = ask(
      chat,
      model(
        Array.from({ length: 1000 }, () => 'x'),
        { delayMs: 5 },
      ),
      'Hi',
      stop.signal,
    )
    await expect.poll(() => said(chat.messages)[1]?.[1]).toMatch(/^x+$/)
    stop.abort(new Error('stopped'))
    await expect(asked).rejects.toThrow('stopped')
    expect(said(chat.messages)[1]).toEqual(['assistant', expect.stringMatching(/^x+$/), 'interrupted'])
  })

  it('keeps what came of a reply that failed, and tells why', async () => {
    await using chats = createChats(memoryStore())
    const chat = await chats.create()
    await expect(ask(chat, model(['half'], { fails: true }), 'Hi')).rejects.toThrow('overloaded')
    expect(said(chat.messages)[1]).toEqual(['assistant', 'half', 'failed'])
  })
})
