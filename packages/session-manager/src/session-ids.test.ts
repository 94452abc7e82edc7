import { describe, expect, it } from 'vitest'
import { user } from '../test/faulty-store.ts'
import { begin, ids, type Message } from '../test/hurried-manager.ts'
import { createSessionManager } from './index.ts'

describe('an id', () => {
  it('is free again after a purge, also while somebody has a handle', async () => {
    const { store, manager, session } = await begin()
    await session.append({ id: 'a', ...user('a') })
    const data = await manager.export(session.id)
    await using other = createSessionManager<Message>({ store })
    await other.open(session.id)

    await manager.purge(session.id)
    await manager.import(data)

    expect(ids(await manager.open(session.id))).toEqual(['a'])
    await expect.poll(async () => ids(await other.open(session.id))).toEqual(['a'])
    await manager.purge(session.id)
    expect((await manager.create({ id: session.id })).messages).toEqual([])
  })

  it('that is taken opens what is there, and leaves the current session', async () => {
    const { store, manager, session } = await begin()
    await session.append({ id: 'a', ...user('a') })
    await using other = createSessionManager<Message>({ store })
    const current = await other.create()

    const [created, opened] = await Promise.allSettled([other.create({ id: session.id }), other.open(session.id)])

    expect(created).toMatchObject({ reason: { code: 'VALIDATION' } })
    expect(opened.status === 'fulfilled' && ids(opened.value)).toEqual(['a'])
    expect(ids(await other.open(session.id))).toEqual(['a'])
    expect(other.current).toBe(current)
    await manager.flush()
  })

  it('of a session that could not be stored yet can be opened', async () => {
    const { store, manager } = await begin()
    store.failure = 'quota'
    const created = manager.create({ id: 'new' })
    expect((await manager.switchTo('new')).id).toBe('new')
    store.failure = undefined
    await created
  })

  it('that ends in half a character is refused, where databases would take it for another one', async () => {
    const { manager, session } = await begin()
    const half = '\ud83d'
    const isRefused = { status: 'rejected', reason: { message: expect.stringContaining('well-formed') } }
    const tries = [
      manager.create({ id: half }),
      session.append({ id: half, ...user('a') }),
      session.stream({ id: `a${half}` }),
      session.append(user('a'), { operationId: half }),
    ]
    expect(await Promise.allSettled(tries)).toMatchObject(tries.map(() => isRefused))
    await session.append({ id: '\ud83d\ude00', ...user('a') })
    expect(ids(session)).toEqual(['\ud83d\ude00'])
  })
})
