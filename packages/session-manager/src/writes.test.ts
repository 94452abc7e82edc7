import { describe, expect, it } from 'vitest'
import { type ChatMessage, faultyStore, sleep, texts, user } from '../test/faulty-store.ts'
import { createSessionManager, memoryStore, type Session, type StoredMessage } from './index.ts'

async function begin() {
  const store = faultyStore()
  const manager = createSessionManager<ChatMessage, { n?: number }>({ store })
  return { store, manager, session: await manager.create() }
}

describe('append', () => {
  it('shows the message at once and resolves when the store has it', async () => {
    const { store, session } = await begin()

    const stored = session.append(user('Hello'))

    expect([texts(session), session.status]).toEqual([['Hello'], 'saving'])
    await stored
    expect(session.status).toBe('saved')
    expect((await store.load(session.id))?.messages).toEqual(session.messages)
  })

  it('stores what is written in one tick in one commit', async () => {
    const { store, session } = await begin()
    const before = store.commits

    await Promise.all([session.append(user('a')), session.append([user('b'), user('c')]), session.remove('none')])

    expect([store.commits - before, session.version, texts(session)]).toEqual([1, 2, ['a', 'b', 'c']])
  })

  it('stores the same id once, whoever sends it again', async () => {
    const { store, manager, session } = await begin()
    const message = { id: 'm', ...user('once') }

    const results = await Promise.all([session.append(message), session.append([message, message])])
    await using other = createSessionManager<ChatMessage>({ store })
    await (await other.open(session.id)).append({ ...message, content: 'twice' })
    await manager.flush()

    expect(results.flat().map(each => each.content)).toEqual(['once', 'once', 'once'])
    expect((await store.load(session.id))?.messages).toEqual([message])
  })

  it('does an operation once, also after a reload and when the first answer was lost', async () => {
    const { store, session } = await begin()
    store.lostAnswers = 1
    await session.append([user('a'), user('b')], { operationId: 'send-1' })

    await using other = createSessionManager<ChatMessage>({ store })
    const again = await other.open(session.id)
    await again.append([user('a'), user('b')], { operationId: 'send-1' })
    await again.truncateAfter(again.messages[0]?.id ?? '')
    await again.append([user('a'), user('b')], { operationId: 'send-1' })

    expect(texts(again)).toEqual(['a'])
    expect(texts((await store.load(session.id)) as never)).toEqual(['a'])
  })

  it('copies what it is given and freezes what it gives', async () => {
    const { session } = await begin()
    const given = { role: 'user', content: 'x', parts: [{ text: 'y' }] }

    const [message] = await session.append(given)
    given.parts.push({ text: 'later' })

    expect(message).toMatchObject({ parts: [{ text: 'y' }] })
    expect(Object.isFrozen(given)).toBe(false)
    const { parts } = message as unknown as typeof given
    expect([message, parts, parts[0], session.messages].every(Object.isFrozen)).toBe(true)
  })

  it('refuses what no store could keep, by its path, and leaves the messages as they were', async () => {
    const { session } = await begin()
    const bad = { ...user('x'), parts: [{ run() {} }] }

    await expect(session.append([user('ok'), bad])).rejects.toMatchObject({
      code: 'VALIDATION',
      path: 'messages[1].parts[0].run',
    })
    await expect(session.append({ ...user('x'), status: 'complete' } as ChatMessage)).rejects.toThrow('status')
    await expect(session.append('text' as never)).rejects.toThrow('plain object')
    expect([session.messages, session.status]).toEqual([[], 'saved'])
  })

  it('refuses one write of several and stores the others', async () => {
    const { store, session } = await begin()
    const { commit } = store
    const { ValidationError } = await import('./index.ts')
    store.commit = async (id, each, options) => {
      if (JSON.stringify(each.changes).includes('"bad"')) throw new ValidationError('changes', 'are bad')
      return commit.call(store, id, each, options)
    }

    const results = await Promise.allSettled(['a', 'bad', 'c'].map(text => session.append(user(text))))

    expect(results.map(each => each.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(texts(session)).toEqual(['a', 'c'])
  })
})

describe('edit, remove and truncateAfter', () => {
  it('change messages by id', async () => {
    const { session } = await begin()
    const [a, b, c] = (await session.append(['a', 'b', 'c'].map(user))) as StoredMessage<ChatMessage>[]
    const ids = [a?.id ?? '', b?.id ?? '', c?.id ?? ''] as const

    await session.edit(ids[0], { content: 'A' })
    await session.edit(ids[1], message => ({ ...message, content: `${message.content}!` }))
    await session.remove(ids[2])
    expect(texts(session)).toEqual(['A', 'b!'])
    await session.truncateAfter(ids[0])
    expect(texts(session)).toEqual(['A'])

    await expect(session.edit('none', { content: '' })).rejects.toMatchObject({ code: 'VALIDATION' })
    await expect(session.truncateAfter('none')).rejects.toMatchObject({ code: 'VALIDATION' })
    await expect(session.edit(ids[0], { id: 'other' } as never)).rejects.toThrow('cannot change')
    await session.remove('none')
  })
})

describe('update', () => {
  it('is seen at once when the recipe does not wait', async () => {
    const { session } = await begin()

    const stored = session.update(content => ({ messages: [...content.messages, user('x')], metadata: { n: 1 } }))

    expect([texts(session), session.metadata]).toEqual([['x'], { n: 1 }])
    await stored
  })

  it('waits for an asynchronous recipe, and runs it again when somebody has written meanwhile', async () => {
    const { session } = await begin()
    let runs = 0

    const update = session.update(async content => {
      runs++
      await sleep(5)
      return { messages: [...content.messages, user('end')] }
    })
    await session.append(user('meanwhile'))
    await update

    expect([runs, texts(session)]).toEqual([2, ['meanwhile', 'end']])
  })

  it('gets through while another manager writes without a pause', async () => {
    const store = memoryStore()
    await using a = createSessionManager<ChatMessage>({ store })
    await using b = createSessionManager<ChatMessage>({ store })
    const [one] = [await a.create()]
    const two = await b.open(one.id)
    let isDone = false
    const noise = (async () => {
      for (let n = 0; !isDone && n < 500; n++) {
        await two.append(user(`n${n}`))
        await sleep(1)
      }
    })()

    await one.update(async content => {
      await sleep(15)
      return { messages: [...content.messages, user('at last')] }
    })
    isDone = true
    await noise

    expect(texts(one)).toContain('at last')
  })

  it('loses no increment of two managers', async () => {
    const store = memoryStore()
    await using a = createSessionManager<ChatMessage, { n: number }>({ store })
    await using b = createSessionManager<ChatMessage, { n: number }>({ store })
    const one = await a.create({ metadata: { n: 0 } })
    const two = await b.open(one.id)
    const increment = (session: Session<ChatMessage, { n: number }>) =>
      session.update(async ({ metadata }) => {
        await sleep(1)
        return { metadata: { n: metadata.n + 1 } }
      })

    await Promise.all(Array.from({ length: 10 }, () => [increment(one), increment(two)]).flat())

    expect((await store.load(one.id))?.metadata).toEqual({ n: 20 })
  })

  it('does not repeat a recipe whose commit was stored and whose answer was lost', async () => {
    const { store, session } = await begin()
    store.lostAnswers = 1

    await session.update(({ metadata }) => ({ metadata: { n: (metadata.n ?? 0) + 1 } }))

    expect((await store.load(session.id))?.metadata).toEqual({ n: 1 })
  })

  it('runs nothing on a stale version, and nothing again on one that became stale', async () => {
    const { session } = await begin()
    const { version } = session
    await session.append(user('a'))
    let runs = 0

    await expect(session.update(() => ({ title: String(++runs) }), { expectedVersion: version })).rejects.toMatchObject(
      {
        code: 'VERSION_CONFLICT',
        expected: 1,
        actual: 2,
      },
    )
    const update = session.update(
      async () => {
        runs++
        await session.append(user('b'))
        return { title: 'no' }
      },
      { expectedVersion: 2 },
    )

    await expect(update).rejects.toMatchObject({ expected: 2, actual: 3 })
    expect([runs, session.title]).toEqual([1, 'a'])
  })

  it('moves, inserts, changes and takes out messages', async () => {
    const { store, session } = await begin()
    await session.append(['a', 'b', 'c', 'd'].map(content => ({ id: content, ...user(content) })))

    await session.update(({ messages }) => ({
      messages: [...messages.filter(each => each.id !== 'b').reverse(), { ...user('new') }],
    }))
    await session.update(({ messages }) => ({
      messages: messages.map(each => (each.id === 'c' ? { ...each, content: 'C' } : each)),
    }))

    expect(texts(session)).toEqual(['d', 'C', 'a', 'new'])
    expect((await store.load(session.id))?.messages).toEqual(session.messages)
  })

  it('rejects with what the recipe throws, and writes nothing', async () => {
    const { store, session } = await begin()
    const { commits } = store
    const bug = new Error('bug')

    await expect(session.update(() => Promise.reject(bug))).rejects.toBe(bug)
    await expect(session.update(() => ({ messages: 7 as never }))).rejects.toMatchObject({ code: 'VALIDATION' })
    const twice = { id: 'x', ...user('x') }
    await expect(session.update(() => ({ messages: [twice, twice] }))).rejects.toThrow('twice')

    expect([store.commits, session.status]).toEqual([commits, 'saved'])
  })
})

describe('snapshots', () => {
  it('are frozen, and the same object until something changes', async () => {
    const { session } = await begin()
    await session.append([user('a'), user('b')])
    const [before, messages] = [session.getSnapshot(), session.messages]
    expect([session.getSnapshot() === before, session.messages === messages]).toEqual([true, true])

    let calls = 0
    const { subscribe, getSnapshot } = session // as useSyncExternalStore takes them
    const stop = subscribe(() => calls++)
    await session.edit(messages[1]?.id ?? '', { content: 'B' })
    stop()

    expect(getSnapshot()).not.toBe(before)
    expect(Object.isFrozen(before)).toBe(true)
    expect([session.messages[0] === messages[0], session.messages[1] === messages[1]]).toEqual([true, false])
    expect(calls).toBeGreaterThan(0)
  })
})
