import { begin, contents, type Fact, message, rejects, same } from './conformance-tools.ts'
import type { Commit, SessionStore, StoreNotice } from './session-store.ts'

/** Leases, their tokens, and news of commits. */
export function testTurns(fact: Fact): void {
  fact('grants a turn to one owner at a time, with growing tokens', async store => {
    const first = await claim(store, 'one')
    same(await store.claimTurn('s', { owner: 'two', ttlMs: 1000 }), { heldBy: 'one', renewals: 0 }, 'while held')
    same(await claim(store, 'one'), first, 'the same owner again')
    await store.releaseTurn('s', first)
    const second = await claim(store, 'two')
    same(second > first, true, `${second} is greater than ${first}`)
  })

  fact('grants one of many claims at the same time', async store => {
    const claims = Array.from({ length: 10 }, (_, n) => store.claimTurn('s', { owner: `o${n}`, ttlMs: 1000 }))
    const granted = (await Promise.all(claims)).filter(answer => 'fencingToken' in answer)
    same(granted.length, 1, 'granted')
  })

  fact('counts renewals, and tells a holder that it has lost the turn', async store => {
    const first = await claim(store, 'one')
    same(await store.renewTurn('s', first), true, 'renewed')
    same(await store.claimTurn('s', { owner: 'two', ttlMs: 1 }), { heldBy: 'one', renewals: 1 }, 'seen by others')
    const second = await claim(store, 'two', true)
    same(second > first, true, `${second} is greater than ${first}`)
    same(await store.renewTurn('s', first), false, 'renewed after the loss')
    await store.releaseTurn('s', first)
    same(await store.renewTurn('s', second), true, 'still held after a release by the former holder')
    await store.releaseTurn('s', second)
    same(await store.renewTurn('s', second), false, 'renewed after the release')
  })

  fact('refuses commits of an older turn, and only those', async store => {
    await begin(store)
    const write = (expectedVersion: number, id: string, fencingToken?: bigint): Promise<unknown> => {
      const commit: Commit = {
        expectedVersion,
        operationId: id,
        changes: [{ type: 'append', messages: [message(id)] }],
      }
      return store.commit('s', fencingToken === undefined ? commit : { ...commit, fencingToken })
    }
    const first = await claim(store, 'one')
    await write(1, 'a', first)
    const second = await claim(store, 'two', true)
    await rejects(write(2, 'late', first), 'SESSION_BUSY', 'a late commit')
    await write(2, 'b', second)
    await write(3, 'c')
    await store.releaseTurn('s', second)
    await write(4, 'd', second)
    same(await contents(store), ['a', 'b', 'c', 'd'], 'messages')
  })

  fact('keeps the turns of sessions apart', async store => {
    await claim(store, 'one')
    same('fencingToken' in (await store.claimTurn('other', { owner: 'two', ttlMs: 1 })), true, 'granted')
  })

  fact('tells those who watch of each commit, until they stop', async store => {
    if (!store.watch) return
    const notices: StoreNotice[] = []
    const stop = store.watch(notice => notices.push(notice))
    await begin(store)
    const { id, version } = notices.at(-1) ?? {}
    same([id, version], ['s', 1], 'notice')
    stop()
    const { length } = notices
    await store.commit('s', { expectedVersion: 1, operationId: 'o', changes: [{ type: 'set', title: 'x' }] })
    same(notices.length, length, 'notices after the stop')
  })

  fact('refuses everything once it is closed', async store => {
    if (!store.close) return
    await store.close()
    await rejects(store.load('s'), 'STORE_CLOSED', 'load')
    await rejects(begin(store), 'STORE_CLOSED', 'commit')
    await rejects(store.list({ limit: 1 }), 'STORE_CLOSED', 'list')
  })
}

async function claim(store: SessionStore, owner: string, force = false): Promise<bigint> {
  const answer = await store.claimTurn('s', { owner, ttlMs: 1000, force })
  if ('fencingToken' in answer) return answer.fencingToken
  throw new Error(`the turn should be granted to ${owner}, is held by ${answer.heldBy}`)
}
