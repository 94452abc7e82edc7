import { collectGarbage } from 'test-fixtures/collect-garbage'
import { describe, expect, it } from 'vitest'
import { type ChatMessage, faultyStore, sleep, texts, user } from '../test/faulty-store.ts'
import { createSessionManager, memoryStore } from './index.ts'

function manage(store = memoryStore()) {
  return createSessionManager<ChatMessage, { model?: string }>({ store })
}

describe('fork, export and import', () => {
  it('fork copies up to and with a message, and leaves the original alone', async () => {
    await using manager = manage()
    const session = await manager.create({ metadata: { model: 'm' } })
    await session.append(['a', 'b', 'c'].map(content => ({ id: content, ...user(content) })))

    const fork = await manager.fork(session.id, { atMessageId: 'b' })
    await fork.append(user('new'))

    expect([texts(fork), texts(session)]).toEqual([
      ['a', 'b', 'new'],
      ['a', 'b', 'c'],
    ])
    expect([fork.metadata, fork.title, manager.current]).toEqual([{ model: 'm' }, 'a', session])
    await expect(manager.fork(session.id, { atMessageId: 'x' })).rejects.toMatchObject({ code: 'VALIDATION' })
  })

  it('import makes what is missing, adds what a session lacks, and doubles nothing', async () => {
    await using manager = manage()
    const session = await manager.create({ title: 'T', messages: [{ id: 'a', ...user('a') } as ChatMessage] })
    const data = await manager.export()
    await session.append(user('later'))
    await manager.import(data)
    expect(texts(session)).toEqual(['a', 'later'])

    await using other = manage()
    expect(await other.import(data)).toEqual([session.id])
    expect(await other.import(data)).toEqual([session.id])
    const brought = await other.open(session.id)
    expect([brought.title, brought.messages]).toEqual(['T', [{ id: 'a', ...user('a') }]])
    await expect(other.import('{}')).rejects.toMatchObject({ code: 'VALIDATION' })
    await expect(other.import(`${data}nonsense`)).rejects.toMatchObject({ code: 'VALIDATION', path: 'line 4' })
  })
})

it('import refused a session that another import had just begun to bring', async () => {
  await using manager = manage()
  const session = await manager.create({ messages: [user('a')] })
  const data = await manager.export()
  await using other = manage()

  expect(await Promise.all([other.import(data), other.import(data)])).toEqual([[session.id], [session.id]])
  expect(texts(await other.open(session.id))).toEqual(['a'])
})

describe('handles', () => {
  it('are disposed each by itself over one shared state', async () => {
    const store = memoryStore()
    await using manager = manage(store)
    const first = await manager.create()
    const second = await manager.open(first.id)
    await first[Symbol.asyncDispose]()

    await expect(first.append(user('x'))).rejects.toMatchObject({ code: 'STORE_CLOSED' })
    await second.append(user('y'))
    expect([texts(second), manager.current]).toEqual([['y'], undefined])
    await second[Symbol.asyncDispose]()
    expect(texts(await manager.open(first.id))).toEqual(['y'])
  })
})

describe('a session that was switched away from', () => {
  it('is let go once nobody holds a handle of it', async () => {
    const store = memoryStore()
    let loads = 0
    const load: typeof store.load = id => {
      loads++
      return store.load(id)
    }
    await using manager = manage({ ...faultyStore(store), load })
    const { id } = await manager.create()
    await manager.create()
    await manager.open(id)
    expect(loads).toBe(0)

    await expect
      .poll(async () => {
        collectGarbage()
        await sleep(1)
        await manager.open(id)
        return loads
      })
      .toBeGreaterThan(0)
  })
})

describe('updateSessionData and getSessionData', () => {
  it('work on the current session, which is created when there is none', async () => {
    await using manager = manage()
    expect(manager.getSessionData()).toEqual({ id: null, messages: [] })

    await Promise.all([
      manager.updateSessionData(async data => {
        await sleep(2)
        return { ...data, messages: [...data.messages, user('a')] }
      }),
      manager.updateSessionData(data => ({ ...data, messages: [...data.messages, user('b')] })),
    ])

    const { id, messages } = manager.getSessionData()
    expect([id, messages.map(each => each.content).sort()]).toEqual([manager.current?.id, ['a', 'b']])
    await expect(manager.updateSessionData(() => ({ id: 'other', messages: [] }))).rejects.toThrow('cannot change')
  })
})
