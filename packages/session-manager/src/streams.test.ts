import { afterEach, describe, expect, it, vi } from 'vitest'
import { type ChatMessage, faultyStore, texts, user } from '../test/faulty-store.ts'
import { createSessionManager, memoryStore, type SessionManagerOptions } from './index.ts'

afterEach(() => {
  vi.useRealTimers()
})

async function begin<Delta = string>(options: SessionManagerOptions<ChatMessage, Delta> = {}) {
  const store = faultyStore()
  const manager = createSessionManager<ChatMessage, object, Delta>({ store, ...options })
  return { store, manager, session: await manager.create() }
}

/** What a crash now would leave. */
async function stored(store: ReturnType<typeof faultyStore>, id: string) {
  await new Promise(resolve => setImmediate(resolve))
  return (await store.load(id))?.messages as unknown as { content: string; status: string }[]
}

describe('stream', () => {
  it('shows each piece at once and stores the whole at its end', async () => {
    const { store, session } = await begin()
    const seen: string[] = []
    session.subscribe(() => seen.push(session.messages.at(-1)?.content ?? ''))

    const writer = await session.stream({ role: 'assistant' })
    expect(session.messages).toMatchObject([{ role: 'assistant', content: '', status: 'streaming' }])
    for (const piece of ['a', 'b', 'c']) writer.write(piece)
    const message = await writer.complete()

    expect(message).toEqual({ id: writer.messageId, role: 'assistant', content: 'abc', status: 'complete' })
    expect([...new Set(seen)]).toEqual(['', 'a', 'ab', 'abc'])
    expect(await stored(store, session.id)).toEqual(session.messages)
    expect(await writer.abort()).toBe(message)
    expect(() => writer.write('late')).toThrow('has ended')
  })

  it('has in the store all but the last 250 ms', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const { store, session } = await begin()
    const writer = await session.stream({ role: 'assistant' })
    writer.write('a')
    writer.write('b')
    expect((await stored(store, session.id))[0]?.content).toBe('')

    await vi.advanceTimersByTimeAsync(250)
    expect((await stored(store, session.id))[0]).toMatchObject({ content: 'ab', status: 'streaming' })
    vi.setSystemTime(Date.now())
    writer.write('c')
    await vi.advanceTimersByTimeAsync(249)
    expect((await stored(store, session.id))[0]?.content).toBe('ab')

    await writer.complete()
    await session[Symbol.asyncDispose]()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('has in the store all but the last 2 KB', async () => {
    const { store, session } = await begin()
    const writer = await session.stream({ role: 'assistant' })
    writer.write('x'.repeat(2047))
    expect((await stored(store, session.id))[0]?.content).toBe('')
    writer.write('é')
    expect((await stored(store, session.id))[0]?.content).toHaveLength(2048)
    await writer.complete()
  })

  it('stores nothing before its end or a flush when autosave is off', async () => {
    const { store, manager, session } = await begin({ autosave: false })
    const writer = await session.stream({ role: 'assistant' })
    writer.write('x'.repeat(5000))
    expect((await stored(store, session.id))[0]?.content).toBe('')
    await manager.flush()
    expect((await stored(store, session.id))[0]?.content).toHaveLength(5000)
    await writer.complete()
  })

  it('keeps what was written when it fails, is aborted, or its scope is left', async () => {
    const { session } = await begin()
    const failed = await session.stream({ role: 'assistant' })
    failed.write('half')
    await failed.fail(new Error('503'))
    {
      await using left = await session.stream({ role: 'assistant' })
      left.write('cut')
    }
    expect(session.messages).toMatchObject([
      { content: 'half', status: 'failed' },
      { content: 'cut', status: 'interrupted' },
    ])
  })

  it('goes on where an interrupted message ended', async () => {
    const { store, session } = await begin()
    const first = await session.stream({ id: 'm', role: 'assistant' } as never)
    first.write('one ')
    await first.abort()
    const second = await session.stream({ id: 'm', role: 'assistant' } as never)
    second.write('two')
    await second.complete()
    expect(await stored(store, session.id)).toMatchObject([{ content: 'one two', status: 'complete' }])
    await expect(session.stream({ id: 'm' } as never)).rejects.toMatchObject({ code: 'VALIDATION' })
  })

  it('adds no text to content that is a list or an object, and keeps that', async () => {
    await using manager = createSessionManager<{ role: string; content: unknown }>()
    const session = await manager.create()
    for (const content of [[{ type: 'text' }], { type: 'text' }]) {
      const writer = await session.stream({ role: 'assistant', content })
      expect(() => writer.write('x')).toThrow('`message.content` is no text')
      expect(await writer.complete()).toMatchObject({ content })
    }
    const writer = await session.stream({ role: 'assistant', content: null })
    writer.write('x')
    expect(await writer.complete()).toMatchObject({ content: 'x' })
  })

  it('has in the store all but the last 2 KB with applyDelta too', async () => {
    const { store, session } = await begin({
      applyDelta: (message, { add }: { add: string }) => ({ ...message, content: message.content + add }),
    })
    const writer = await session.stream({ role: 'assistant', content: '' })
    writer.write({ add: 'x'.repeat(2000) })
    expect((await stored(store, session.id))[0]?.content).toBe('')
    writer.write({ add: 'x'.repeat(100) })
    expect((await stored(store, session.id))[0]?.content).toHaveLength(2100)
    await writer.complete()
  })

  it('makes the next message by applyDelta when it is given', async () => {
    interface Parts {
      role: string
      parts: readonly string[]
    }
    const store = memoryStore()
    await using manager = createSessionManager<Parts, object, { part: string }>({
      store,
      applyDelta: (message, delta) => ({ ...message, parts: [...message.parts, delta.part] }),
    })
    const session = await manager.create()
    const writer = await session.stream({ role: 'assistant', parts: [] })
    writer.write({ part: 'a' })
    await manager.flush()
    expect((await store.load(session.id))?.messages).toMatchObject([{ parts: ['a'], status: 'streaming' }])
    writer.write({ part: 'b' })
    await writer.complete()
    expect((await store.load(session.id))?.messages).toMatchObject([{ parts: ['a', 'b'], status: 'complete' }])
  })

  it('lives beside other writes, edits and conflicts, and its text is neither lost nor doubled', async () => {
    const { store, session } = await begin({ autosave: { delayMs: 0 } })
    await using other = createSessionManager<ChatMessage>({ store })
    const theirs = await other.open(session.id)
    const writer = await session.stream({ role: 'assistant' })
    for (let n = 0; n < 20; n++) {
      writer.write(`${n} `)
      if (n % 3 === 0) await theirs.append(user(`theirs ${n}`))
      if (n % 4 === 0) await session.append(user(`ours ${n}`))
    }
    const { content } = await writer.complete()

    expect(content).toBe(Array.from({ length: 20 }, (_, n) => `${n} `).join(''))
    expect((await store.load(session.id))?.messages).toEqual(session.messages)
    await expect.poll(() => texts(theirs)).toEqual(texts(session))
    expect(session.messages).toHaveLength(1 + 7 + 5)
  })

  it('stops when its message was removed', async () => {
    const { session } = await begin()
    const writer = await session.stream({ role: 'assistant' })
    writer.write('x')
    await session.remove(writer.messageId)
    expect(() => writer.write('y')).toThrow('was removed')
    await expect(writer.complete()).rejects.toMatchObject({ code: 'VALIDATION' })
    expect(session.messages).toEqual([])
  })

  it('shows no more of a message than is stored once it can store no more', async () => {
    const { store, manager, session } = await begin({ autosave: false })
    const lost = session.turn(async ({ session, signal }) => {
      const writer = await session.stream({ role: 'assistant' })
      writer.write('stored')
      await manager.flush()
      writer.write(', and not')
      const taken = new Promise(resolve => signal.addEventListener('abort', resolve))
      await store.claimTurn(session.id, { owner: 'another process', ttlMs: 1, force: true })
      await taken
      expect(() => writer.write('more')).toThrow('is over')
    })
    await lost
    await expect.poll(() => session.messages[0]?.content).toBe('stored')
    expect(await stored(store, session.id)).toMatchObject([{ content: 'stored' }])
  })

  it('refuses deltas that are no text', async () => {
    const { session } = await begin()
    const writer = await session.stream()
    expect(() => writer.write({ text: 'x' } as never)).toThrow('`delta` must be a string')
    await writer.complete()
  })
})

describe('a message whose writer is gone', () => {
  it('is interrupted at the next opening, with all that was in the journal', async () => {
    const { store, manager, session } = await begin()
    const writer = await session.stream({ role: 'assistant' })
    writer.write('before the crash')
    await manager.flush()

    // Another process: same data, other locks.
    const revived = createSessionManager<ChatMessage>({ store: { ...faultyStore(store) } })
    const again = await revived.open(session.id)

    expect(again.messages).toMatchObject([{ content: 'before the crash', status: 'interrupted' }])
    await revived.flush()
    expect(await stored(store, session.id)).toMatchObject([{ content: 'before the crash', status: 'interrupted' }])
  })

  it('is left alone while its writer lives, and marked in open sessions once it is gone', async () => {
    const { store, session, manager } = await begin()
    await using other = createSessionManager<ChatMessage>({ store })
    const writer = await session.stream({ role: 'assistant' })
    writer.write('alive')
    await manager.flush()

    const theirs = await other.open(session.id)
    expect(theirs.messages).toMatchObject([{ content: 'alive', status: 'streaming' }])
    await writer.complete()
    await expect.poll(() => theirs.messages).toMatchObject([{ content: 'alive', status: 'complete' }])
  })
})
