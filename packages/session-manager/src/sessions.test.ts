import { describe, expect, it } from 'vitest'
import { type ChatMessage, faultyStore, sleep, texts, user } from '../test/faulty-store.ts'
import { createSessionManager, memoryStore, type SessionEvent } from './index.ts'

function manage(store = memoryStore()) {
  return createSessionManager<ChatMessage, { model?: string }>({ store })
}

describe('the current session', () => {
  it('is what was created or switched to last, and opening changes nothing', async () => {
    await using manager = manage()
    const switches: SessionEvent<'session-switched'>[] = []
    manager.on('session-switched', event => switches.push(event))

    const first = await manager.create()
    const second = await manager.create()
    expect(manager.current).toBe(second)
    await manager.open(first.id)
    expect(manager.current).toBe(second)
    const again = await manager.switchTo(first.id)

    expect(manager.current).toBe(again)
    expect(again.messages).toBe(first.messages)
    expect(switches.map(({ id, from }) => [id, from])).toEqual([
      [first.id, null],
      [second.id, first.id],
      [first.id, second.id],
    ])
  })

  it('is the one asked for last when loads overtake each other', async () => {
    const inner = memoryStore()
    await using setup = manage(inner)
    const [slow, fast] = [await setup.create(), await setup.create()]
    await using manager = manage({
      ...faultyStore(inner),
      async load(id) {
        await sleep(id === slow.id ? 30 : 1)
        return inner.load(id)
      },
    })

    await Promise.all([manager.switchTo(slow.id), manager.switchTo(fast.id)])

    expect(manager.current?.id).toBe(fast.id)
  })

  it('stays what it was when the session to switch to does not exist', async () => {
    await using manager = manage()
    const session = await manager.create()
    await expect(manager.switchTo('none')).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND', sessionId: 'none' })
    expect(manager.current).toBe(session)
  })

  it('keeps its turn when the session to switch to does not exist', async () => {
    await using manager = manage()
    const session = await manager.create()
    const aborted = await session.turn(async ({ signal }) => {
      await manager.switchTo('none', { onBusy: 'interrupt' }).catch(() => {})
      return signal.aborted
    })
    expect(aborted).toBe(false)
  })

  it('gets no message of the session that was left', async () => {
    await using manager = manage()
    const first = await manager.create()
    const writer = await first.stream({ role: 'assistant' })
    writer.write('begun ')
    const second = await manager.create()
    writer.write('and ended')
    await Promise.all([writer.complete(), first.append(user('late'))])

    expect([texts(first), texts(second)]).toEqual([['begun and ended', 'late'], []])
  })
})

describe('switchTo with a turn under way', () => {
  it.each(['background', 'wait', 'interrupt', 'reject'] as const)('obeys %s', async onBusy => {
    await using manager = manage()
    const target = await manager.create()
    const busy = await manager.create()
    let signal: AbortSignal | undefined
    const turn = busy.turn(async context => {
      signal = context.signal
      await sleep(30)
      await context.session.append(user('reply'))
    })
    await sleep(5)

    const switched = manager.switchTo(target.id, { onBusy })
    if (onBusy === 'reject') {
      await expect(switched).rejects.toMatchObject({ code: 'SESSION_BUSY' })
    } else {
      await switched
      expect(manager.current?.id).toBe(target.id)
      expect(texts(busy)).toEqual(onBusy === 'wait' ? ['reply'] : [])
    }
    expect(signal?.reason?.code).toBe(onBusy === 'interrupt' ? 'SESSION_SWITCHED' : undefined)
    await turn
    expect([texts(busy), texts(target)]).toEqual([['reply'], []])
  })
})

describe('a deleted session', () => {
  it('refuses writes, leaves the lists, and no late save brings it back', async () => {
    const store = faultyStore()
    await using manager = manage(store)
    const session = await manager.create({ title: 'Gone' })
    const other = await manager.open(session.id)
    const writer = await session.stream({ role: 'assistant' })
    writer.write('half')

    const late = session.append(user('on its way'))
    await manager.delete(session.id)
    await late

    expect(manager.current).toBeUndefined()
    for (const handle of [session, other]) {
      await expect(handle.append(user('late'))).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
    }
    expect(() => writer.write('more')).toThrow('does not exist')
    await expect(writer.complete()).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
    await expect(manager.open(session.id)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
    expect((await manager.list()).sessions).toEqual([])
    expect((await store.load(session.id))?.deletedAt).toBeTypeOf('number')
  })

  it('refuses what another tab had pending when it was deleted', async () => {
    const inner = memoryStore()
    const store = faultyStore(inner)
    await using tab = manage(store)
    await using other = manage(inner)
    const session = await tab.create()
    store.beforeCommit = () => sleep(20)

    const late = session.append(user('late'))
    await other.delete(session.id)

    await expect(late).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
    expect([session.messages, session.status]).toEqual([[], 'error'])
    expect((await inner.load(session.id))?.messages).toEqual([])
  })

  it('comes back when it is restored, with its messages, and is gone for good when purged', async () => {
    const store = memoryStore()
    await using manager = manage(store)
    const session = await manager.create({ messages: [user('kept')] })
    await manager.delete(session.id)
    await manager.delete(session.id)

    await manager.restore(session.id)
    expect(texts(await manager.open(session.id))).toEqual(['kept'])
    await session.append(user('again'))

    await manager.purge(session.id)
    expect(await store.load(session.id)).toBeUndefined()
    await expect(session.append(user('late'))).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
    await expect(manager.restore(session.id)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
    expect(await store.load(session.id)).toBeUndefined()
  })

  it('aborts its turn', async () => {
    await using manager = manage()
    const session = await manager.create()
    const turn = session.turn(
      ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    )
    await sleep(5)
    await manager.delete(session.id)
    await expect(turn).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
  })
})

describe('titles', () => {
  it('come from the first user message until the user gives one, which stays', async () => {
    await using manager = manage()
    const session = await manager.create()
    expect(session.title).toBe('New Chat')
    await session.append({ role: 'assistant', content: 'Hi, what is it?' })
    expect(session.title).toBe('New Chat')
    await session.append(user('How do\nlocks work?'))
    expect(session.title).toBe('How do locks work?')
    await manager.rename(session.id, 'Locks')
    await session.append(user('And retries?'))
    await session.edit(session.messages[1]?.id ?? '', { content: 'changed' })
    expect(session.title).toBe('Locks')
    await expect(manager.rename(session.id, 7 as never)).rejects.toMatchObject({ code: 'VALIDATION' })
  })

  it('are cut at 60 characters as people count them', async () => {
    await using manager = manage()
    const family = '👩‍👩‍👧'
    const session = await manager.create({ messages: [user(family.repeat(70))] })
    expect(session.title).toBe(`${family.repeat(60)}…`)
  })
})

describe('lists', () => {
  it('page through, leave archived sessions out, and find text', async () => {
    await using manager = manage()
    for (const title of ['one', 'two', 'three']) await manager.create({ title, messages: [user(`about ${title}`)] })
    const first = await manager.list({ limit: 2 })
    const second = await manager.list({ limit: 2, cursor: first.nextCursor })
    expect([...first.sessions, ...second.sessions].map(each => each.title).sort()).toEqual(['one', 'three', 'two'])
    expect(second.nextCursor).toBeUndefined()

    const [two] = (await manager.search('ABOUT TWO')).sessions
    await manager.archive(two?.id ?? '')
    expect((await manager.list()).sessions).toHaveLength(2)
    expect((await manager.list({ archived: true })).sessions.map(each => each.title)).toEqual(['two'])
    await manager.unarchive(two?.id ?? '')
    expect((await manager.list()).sessions).toHaveLength(3)
    await expect(manager.list({ limit: 0 })).rejects.toThrow(RangeError)
  })

  it('of an older, slower call do not replace what a newer one has shown', async () => {
    const inner = memoryStore()
    const answers: (() => void)[] = []
    const list: typeof inner.list = async query => {
      const page = await inner.list(query)
      await new Promise<void>(resolve => answers.push(resolve))
      return page
    }
    await using manager = manage({ ...faultyStore(inner), list })
    await manager.create({ title: 'active' })
    const [old, newer] = [manager.list({ archived: true }), manager.list()]
    await expect.poll(() => answers.length).toBe(2)
    answers[1]?.()
    await newer
    answers[0]?.()
    await old
    expect(manager.getSnapshot().sessions.map(each => each.title)).toEqual(['active'])
  })

  it('keep the snapshot of the last one up to date, also for what others do', async () => {
    const store = memoryStore()
    await using manager = manage(store)
    await using other = manage(store)
    await manager.list()
    const session = await other.create({ title: 'theirs' })
    await expect.poll(() => manager.getSnapshot().sessions.map(each => each.title)).toEqual(['theirs'])
    await other.rename(session.id, 'renamed')
    await expect.poll(() => manager.getSnapshot().sessions[0]?.title).toBe('renamed')
    expect(manager.getServerSnapshot()).toEqual({ current: undefined, sessions: [], status: 'saved' })
  })
})
