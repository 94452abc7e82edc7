import { describe, expect, it } from 'vitest'
import { deferred } from '../test/deferred.ts'
import { type ChatMessage, texts, user } from '../test/faulty-store.ts'
import { createSessionManager, memoryStore, type SessionStore } from './index.ts'

async function twoTabs(store: SessionStore = memoryStore(), theirStore = store) {
  const ours = createSessionManager<ChatMessage>({ store, autosave: { delayMs: 0 } })
  const theirs = createSessionManager<ChatMessage>({ store: theirStore, autosave: { delayMs: 0 } })
  const a = await ours.create()
  return { store, ours, theirs, a, b: await theirs.open(a.id) }
}

const message = (id: string): ChatMessage => ({ id, role: 'assistant', content: '' }) as ChatMessage

describe('a message that another tab writes', () => {
  it('is not taken over by stream with its id, and loses no text', async () => {
    const { store, ours, theirs, a, b } = await twoTabs()
    const writer = await a.stream(message('m'))
    writer.write('acknowledged')
    await ours.flush()
    await expect.poll(() => texts(b)).toEqual(['acknowledged'])

    await expect(b.stream(message('m'))).rejects.toThrow('is being written elsewhere: m')

    await writer.complete()
    await theirs.flush()
    expect((await store.load(a.id))?.messages).toMatchObject([{ content: 'acknowledged', status: 'complete' }])
  })

  it('goes to one of two that begin it at the same time, and the other one does not touch it', async () => {
    const { store, ours, a, b } = await twoTabs()
    const [first, second] = await Promise.all([a.stream(message('m')), b.stream(message('m'))])
    first.write('first')
    await ours.flush()
    await expect.poll(() => texts(b)).toEqual(['first'])
    expect(() => second.write('second')).toThrow('is taken: m')
    await expect(second.abort()).rejects.toMatchObject({ code: 'VALIDATION' })
    await first.complete()
    expect((await store.load(a.id))?.messages).toMatchObject([{ content: 'first', status: 'complete' }])
  })

  it('is gone on with by the turn that comes after its own', async () => {
    const { a, b } = await twoTabs()
    const old = a.turn(async ({ session, signal }) => {
      const writer = await session.stream(message('m'))
      writer.write('one ')
      await new Promise(resolve => signal.addEventListener('abort', resolve))
    })
    await expect.poll(() => texts(b)).toEqual(['one '])
    const next = async () => {
      const writer = await b.stream(message('m'))
      writer.write('two')
      await writer.complete()
    }
    await b.turn(next, { onBusy: 'interrupt' })
    await old
    await expect.poll(() => texts(a)).toEqual(['one two'])
  })

  it('is marked when it was cut off by a deletion that was taken back', async () => {
    const { ours, a, b } = await twoTabs()
    const writer = await a.stream(message('m'))
    writer.write('cut off')
    await ours.flush()
    await ours.delete(a.id)
    await ours.restore(a.id)
    for (const each of [a, b]) {
      await expect.poll(() => each.messages).toMatchObject([{ content: 'cut off', status: 'interrupted' }])
    }
    expect(() => writer.write('more')).toThrow('does not exist or was deleted')
  })
})

describe('stream with a lock manager that fails', () => {
  it('writes all the same, and no rejection is left unhandled', async () => {
    const request = async () => {
      throw new Error('down')
    }
    const unhandled: unknown[] = []
    const onUnhandled = (error: unknown) => unhandled.push(error)
    process.on('unhandledRejection', onUnhandled)
    await using manager = createSessionManager<ChatMessage>({ locks: { request, query: async () => ({}) } as never })
    const session = await manager.create()
    const writer = await session.stream(message('m'))
    await new Promise(resolve => setTimeout(resolve))
    process.off('unhandledRejection', onUnhandled)
    await writer.complete()
    expect([unhandled, session.messages[0]?.status]).toEqual([[], 'complete'])
  })
})

describe('a session that another tab has deleted', () => {
  it.each(['delete', 'purge'] as const)('is not current any more, and its turn is aborted, after %s', async how => {
    const { ours, theirs, a } = await twoTabs()
    const started = deferred()
    const turn = a.turn(async ({ signal }) => {
      started.resolve()
      await new Promise(resolve => signal.addEventListener('abort', resolve))
      return signal.reason
    })
    await started.promise
    await theirs[how](a.id)

    expect(await turn).toMatchObject({ code: 'SESSION_NOT_FOUND' })
    expect(ours.current).toBeUndefined()
    expect((await ours.acquireProcessingLock(a.id)).locked).toBe(false)
    await expect(a.turn(() => {})).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
    await ours.updateSessionData(data => ({ ...data, messages: [message('m')] }))
    expect([ours.current?.id === a.id, ours.current?.messages.length]).toEqual([false, 1])
  })
})

describe('a change of another tab', () => {
  /** The fastest of many, in milliseconds: a busy machine makes the others slower. */
  async function fastestChange(messages: number): Promise<number> {
    const store = memoryStore()
    await using ours = createSessionManager<ChatMessage>({ store })
    await using theirs = createSessionManager<ChatMessage>({ store })
    const session = await ours.create({ messages: Array.from({ length: messages }, (_, n) => user(`${n}`)) })
    const other = await theirs.open(session.id)
    const times: number[] = []
    for (let n = 0; n < 50; n++) {
      const startedAt = performance.now()
      await session.append(user('more'))
      await theirs.flush()
      times.push(performance.now() - startedAt)
    }
    expect(other.messages).toHaveLength(messages + 50)
    return Math.min(...times)
  }

  it('makes a long session look through no more messages for a stream that was cut off than a short one', async () => {
    expect(await fastestChange(50_000)).toBeLessThan(5 * (await fastestChange(10)))
  })
})
