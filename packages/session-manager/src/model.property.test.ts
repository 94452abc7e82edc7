import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Outcome, programs, runProgram } from '../test/random-program.ts'
import { memoryStore, type SessionStore } from './index.ts'
import { sqliteStore } from './sqlite.ts'

const RUNS = process.env.SEARCH ? 10_000 : 150

/** A database in memory: SQLite's own log of changes, and commits that are right on any later version. */
const sqlite = (): SessionStore => sqliteStore({ path: ':memory:' })

describe('a random program of tabs, switches, faults and crashes', () => {
  it('loses, doubles and misplaces nothing, brings nothing back, and ends with all tabs agreeing', async () => {
    const property = fc.asyncProperty(programs, async program => check(await runProgram(program, memoryStore())))
    await fc.assert(property, { numRuns: RUNS })
  })

  it('does so on a store that remembers changes, too', async () => {
    const property = fc.asyncProperty(programs, async program => check(await runProgram(program, sqlite())))
    await fc.assert(property, { numRuns: RUNS / 5 })
  })

  it.each(Object.entries(faults()))('would show %s', async (_, fault) => {
    const property = fc.asyncProperty(programs, async program => check(await runProgram(program, fault())))
    const { failed } = await fc.check(property, { numRuns: 300, endOnFailure: true })
    expect(failed).toBe(true)
  })
})

function check({ accounts, sessions, shown, versions }: Outcome): void {
  for (const [number, account] of accounts.entries()) {
    const { messages, metadata, deletedAt } = sessions[number] as (typeof sessions)[number]
    const ids = messages.map(message => message.id)
    const whole = new Set(messages.filter(({ id, content }) => content === id).map(message => message.id))
    const lost = [...account.stored].filter(id => !account.touched.has(id) && !whole.has(id))
    const doubled = ids.filter((id, index) => ids.indexOf(id) !== index)
    const misplaced = ids.filter(id => !id.startsWith(`${number}`))
    const revived = ids.filter(id => account.refused.has(id))
    expect({ lost, doubled, misplaced, revived }).toEqual({ lost: [], doubled: [], misplaced: [], revived: [] })
    for (const tab of [0, 1, 2]) {
      const sent = ids.filter(id => id.startsWith(`${number}:${tab}:append:`))
      const order = sent.map(id => Number(id.split(':')[3]))
      expect(order).toEqual([...order].sort((a, b) => a - b))
    }
    expect(metadata.count).toBeGreaterThanOrEqual(account.counted)
    expect(metadata.count).toBeLessThanOrEqual(account.counted + account.uncertain)
    expect(deletedAt !== undefined).toBe(account.isDeleted)
    for (const view of shown[number] ?? []) expect(view).toEqual(account.isDeleted ? [] : messages)
  }
  for (const told of versions) expect(told).toEqual([...new Set(told)].sort((a, b) => a - b))
}

/** Stores that do one thing wrong now and then. */
function faults(): Record<string, () => SessionStore> {
  const wrap = (store: SessionStore, commit = store.commit.bind(store)): SessionStore => ({
    local: true,
    load: (...args) => store.load(...args),
    list: (...args) => store.list(...args),
    claimTurn: (...args) => store.claimTurn(...args),
    renewTurn: (...args) => store.renewTurn(...args),
    releaseTurn: (...args) => store.releaseTurn(...args),
    watch: listener => store.watch?.(listener) ?? (() => {}),
    commit,
  })
  let calls = 0
  const every = (n: number): boolean => ++calls % n === 0
  return {
    'a store that acknowledges what it drops': (store = memoryStore()) =>
      wrap(store, (id, commit) => store.commit(id, every(7) ? { ...commit, changes: [] } : commit)),
    'a store that does not look at versions': (store = memoryStore()) =>
      wrap(store, async (id, commit) => {
        const version = (await store.load(id))?.version ?? null
        return store.commit(id, { ...commit, expectedVersion: version })
      }),
    'a store that does not know an operation again': (store = memoryStore()) =>
      wrap(store, (id, commit) => store.commit(id, { ...commit, operationId: `${calls++}` })),
    'a store that forgets a deletion': (store = memoryStore()) =>
      wrap(store, (id, commit) => {
        const changes = commit.changes.filter(change => change.type !== 'set' || typeof change.deletedAt !== 'number')
        return store.commit(id, every(2) ? { ...commit, changes } : commit)
      }),
    'a store that mixes sessions up': (store = memoryStore()) =>
      wrap(store, async (id, commit) => {
        const [change] = commit.changes
        const other = id === 's0' ? 's1' : 's0'
        const target = await store.load(other)
        if (change?.type !== 'append' || !target || !every(5)) return store.commit(id, commit)
        await store.commit(other, { ...commit, expectedVersion: target.version })
        return store.commit(id, { ...commit, changes: commit.changes.slice(1) })
      }),
    'a store that remembers less than there was': (store = sqlite()) => ({
      ...wrap(store),
      changesSince: async (...args) => {
        const commits = await store.changesSince?.(...args)
        return every(3) ? commits?.map(changes => changes.slice(1)) : commits
      },
    }),
    'a store whose news are of something else': (store = memoryStore()) => ({
      ...wrap(store),
      watch: listener =>
        store.watch?.(({ changes, ...hint }) => listener({ ...hint, ...(changes && { changes: [] }) })) ?? (() => {}),
    }),
  }
}
