import { describe, expect, it } from 'vitest'
import { type ChatMessage, user } from '../test/faulty-store.ts'
import { importLegacySessions } from './compat.ts'
import {
  archiveBeyond,
  createSessionManager,
  memoryStore,
  purgeDeleted,
  type Session,
  type SessionManager,
} from './index.ts'
import { indexedDBStore } from './indexeddb.ts'
import { sqliteStore } from './sqlite.ts'
import { testSessionStore } from './testing.ts'

type Bad = (manager: SessionManager<ChatMessage>, session: Session<ChatMessage>) => unknown

const bad = <Value>(value: unknown): Value => value as Value
const nothing = null as never
/** Calls with wrong kinds of values; what an error says of each. */
const wrongIds: [string, (manager: SessionManager<ChatMessage>, id: string) => unknown][] = [
  ['open', (m, id) => m.open(id)],
  ['switchTo', (m, id) => m.switchTo(id)],
  ['rename', (m, id) => m.rename(id, 'title')],
  ['archive', (m, id) => m.archive(id)],
  ['unarchive', (m, id) => m.unarchive(id)],
  ['delete', (m, id) => m.delete(id)],
  ['restore', (m, id) => m.restore(id)],
  ['purge', (m, id) => m.purge(id)],
  ['fork', (m, id) => m.fork(id)],
]

/** What a call rejects with; it must not throw where it returns a promise. */
async function failureOf(run: () => unknown): Promise<string> {
  const result = run() as Promise<unknown>
  return result.then(() => 'nothing', String)
}

async function withSession(run: Bad): Promise<string> {
  await using manager = createSessionManager<ChatMessage>()
  const session = await manager.create({ messages: [bad({ id: 'm', ...user('a') })] })
  const failure = await failureOf(() => run(manager, session))
  expect([session.messages.length, session.status, manager.current]).toEqual([1, 'saved', session])
  return failure
}

const NO_OBJECT = 'TypeError: `options` must be an object, got null'

it('a promise or an instance was refused as "an object" where "a plain object" is wanted', async () => {
  await using manager = createSessionManager()
  const session = await manager.create()
  const refused = (kind: string) =>
    expect.objectContaining({ message: expect.stringMatching(`got an object of the kind ${kind}$`) })
  await expect(session.append(Promise.resolve({ content: 'not awaited' }))).rejects.toEqual(refused('Promise'))
  await expect(session.append(new Map())).rejects.toEqual(refused('Map'))
  await session.append({ id: 'm' })
  await expect(session.edit('m', async () => ({}))).rejects.toEqual(refused('Promise'))
})

describe('an argument of another kind is refused by its name', () => {
  it.each<[string, Bad, string]>([
    ['create(null)', m => m.create(nothing), '`init` must be a plain object, got null'],
    ['create({ messages: 5 })', m => m.create({ messages: bad(5) }), '`messages` must be an array, got 5'],
    ['switchTo(id, null)', (m, s) => m.switchTo(s.id, nothing), NO_OBJECT],
    ['switchTo with onBusy: 5', (m, s) => m.switchTo(s.id, { onBusy: bad(5) }), 'TypeError: `onBusy` must be one of'],
    ['list(null)', m => m.list(nothing), NO_OBJECT],
    ['list("x")', m => m.list(bad('x')), 'TypeError: `options` must be an object, got x'],
    ['list({ limit: 0 })', m => m.list({ limit: 0 }), 'RangeError: `limit` must be an integer from 1 to 1000, got 0'],
    ['list({ limit: "5" })', m => m.list({ limit: bad('5') }), 'TypeError: `limit` must'],
    ['list({ order: "x" })', m => m.list({ order: bad('x') }), "RangeError: `order` must be 'asc' or 'desc', got x"],
    ['list({ archived: 1 })', m => m.list({ archived: bad(1) }), 'TypeError: `archived` must be true or false, got 1'],
    ['list({ cursor: 5 })', m => m.list({ cursor: bad(5) }), '`cursor` must be the nextCursor of a list, got 5'],
    ['search()', m => m.search(nothing), 'TypeError: `text` must be a string, got null'],
    ['search("a", null)', m => m.search('a', nothing), NO_OBJECT],
    ['rename(id)', (m, s) => m.rename(s.id, nothing), '`title` must be a string, got null'],
    ['fork(id, null)', (m, s) => m.fork(s.id, nothing), NO_OBJECT],
    ['fork at 5', (m, s) => m.fork(s.id, { atMessageId: bad(5) }), 'TypeError: `atMessageId` must be a string, got 5'],
    ['export(null)', m => m.export(nothing), 'TypeError: `id` must be a string, got null'],
    ['import()', m => m.import(nothing), '`data` must be text, got null'],
    ['a lock of 5', m => m.acquireProcessingLock(bad(5)), 'TypeError: `expectedSessionId` must be a string or null'],
    ['a lock with null', m => m.acquireProcessingLock(null, nothing), NO_OBJECT],
    [
      'a lock with a bad signal',
      m => m.acquireProcessingLock(null, { signal: bad({}) }),
      'TypeError: `signal` must be',
    ],
    ['no updater', m => m.updateSessionData(nothing), 'TypeError: `updater` must be a function, got null'],
    ['an updater without a result', m => m.updateSessionData(bad(() => undefined)), '`data` must be a plain object'],
    ['append()', (_, s) => s.append(nothing), '`message` must be a plain object, got null'],
    ['append(undefined)', (_, s) => s.append(bad(undefined)), '`message` must be a plain object, got undefined'],
    ['append([null])', (_, s) => s.append([nothing]), '`messages[0]` must be a plain object, got null'],
    ['append(message, null)', (_, s) => s.append(user('a'), nothing), NO_OBJECT],
    ['append(message, "x")', (_, s) => s.append(user('a'), bad('x')), 'TypeError: `options` must be an object, got x'],
    ['operationId: 5', (_, s) => s.append(user('a'), { operationId: bad(5) }), 'TypeError: `operationId` must'],
    ['operationId: ""', (_, s) => s.append(user('a'), { operationId: '' }), 'RangeError: `operationId` must'],
    ['edit(5)', (_, s) => s.edit(bad(5), {}), 'TypeError: `messageId` must be a string, got 5'],
    ['edit(id, null)', (_, s) => s.edit('m', nothing), '`change` must be a plain object, got null'],
    [
      'an edit without a result',
      (_, s) =>
        s.edit(
          'm',
          bad(() => {}),
        ),
      '`change()` must be a plain object, got undefined',
    ],
    ['remove()', (_, s) => s.remove(nothing), 'TypeError: `messageId` must be a string, got null'],
    [
      'truncateAfter(Symbol())',
      (_, s) => s.truncateAfter(bad(Symbol('a'))),
      '`messageId` must be a string, got Symbol(a)',
    ],
    ['update()', (_, s) => s.update(nothing), 'TypeError: `recipe` must be a function, got null'],
    ['update(recipe, null)', (_, s) => s.update(all => all, nothing), NO_OBJECT],
    [
      'update with expectedVersion: "1"',
      (_, s) => s.update(all => all, { expectedVersion: bad('1') }),
      'TypeError: `expectedVersion` must be an integer, got 1',
    ],
    ['stream(null)', (_, s) => s.stream(nothing), '`message` must be a plain object, got null'],
    ['stream("x")', (_, s) => s.stream(bad('x')), '`message` must be a plain object, got x'],
    ['stream({}, null)', (_, s) => s.stream({}, nothing), NO_OBJECT],
    ['stream with operationId: ""', (_, s) => s.stream({}, { operationId: '' }), 'RangeError: `operationId` must'],
    ['turn()', (_, s) => s.turn(nothing), 'TypeError: `fn` must be a function, got null'],
    ['turn(fn, null)', (_, s) => s.turn(() => {}, nothing), NO_OBJECT],
    ['turn with a bad signal', (_, s) => s.turn(() => {}, { signal: bad({}) }), 'TypeError: `signal` must be'],
    ['turn with onBusy: "x"', (_, s) => s.turn(() => {}, { onBusy: bad('x') }), 'RangeError: `onBusy` must be one of'],
    ['purgeDeleted()', () => purgeDeleted(nothing, { olderThanMs: 1 }), 'TypeError: `store` must be an object with'],
    ['purgeDeleted(store)', () => purgeDeleted(memoryStore(), nothing), NO_OBJECT],
    ['importLegacySessions()', () => importLegacySessions(nothing, []), 'TypeError: `manager` must be an object with'],
    ['importLegacySessions(m, [], null)', m => importLegacySessions(m, [], nothing), NO_OBJECT],
  ])('and rejects: %s', async (_, run, message) => {
    expect(await withSession(run)).toContain(message)
  })

  it.each(wrongIds)('and rejects an id that is no string: %s', async (_, run) => {
    for (const id of [undefined, null, 5, {}, [], Symbol('a')]) {
      expect(await withSession(manager => run(manager, bad(id)))).toContain('TypeError: `id` must be a string, got')
    }
  })

  it.each<[string, Bad, string]>([
    [
      'on an unknown event',
      m => m.on('unknown' as never, () => {}),
      "RangeError: `type` must be one of 'session-created'",
    ],
    ['on without a listener', m => m.on('turn-ended', nothing), 'TypeError: `listener` must be a function, got null'],
    ['on() of a session', (_, s) => s.on(nothing, () => {}), 'TypeError: `type` must be one of'],
    ['on without a listener, of a session', (_, s) => s.on('turn-ended', nothing), 'TypeError: `listener` must be'],
    ['subscribe()', m => m.subscribe(nothing), 'TypeError: `listener` must be a function, got null'],
    ['subscribe() of a session', (_, s) => s.subscribe(nothing), 'TypeError: `listener` must be a function, got null'],
    ['archiveBeyond(null)', () => archiveBeyond(nothing), NO_OBJECT],
    ['indexedDBStore(null)', () => indexedDBStore(nothing), NO_OBJECT],
    ['indexedDBStore({ name: 5 })', () => indexedDBStore({ name: bad(5) }), 'TypeError: `name` must be a string'],
    [
      'a durability of its own',
      () => indexedDBStore({ durability: bad('x') }),
      'RangeError: `durability` must be one of',
    ],
    ['sqliteStore(null)', () => sqliteStore(nothing), 'TypeError: `options` must be an object with `path`'],
    ['testSessionStore()', () => testSessionStore(nothing, { describe, it }), 'TypeError: `factory` must be'],
    ['testSessionStore(factory)', () => testSessionStore(memoryStore, nothing), NO_OBJECT],
  ])('and throws: %s', async (_, run, message) => {
    await using manager = createSessionManager<ChatMessage>()
    const session = await manager.create()
    let failure: unknown
    try {
      run(manager, session)
    } catch (error) {
      failure = error
    }
    expect(String(failure)).toContain(message)
  })
})

it('a recipe that gave undefined for what it leaves alone was refused', async () => {
  await using manager = createSessionManager<ChatMessage>()
  const session = await manager.create({ title: 'T', messages: [user('a')] })
  const before = session.getSnapshot()
  await session.update(() => ({ messages: undefined, title: undefined, metadata: undefined }))
  expect(session.getSnapshot()).toMatchObject({ ...before, version: expect.any(Number) })
})

describe('acquireProcessingLock', () => {
  it('rejects once the manager is disposed, since none of its results would be true', async () => {
    const manager = createSessionManager()
    await manager[Symbol.asyncDispose]()
    await expect(manager.acquireProcessingLock()).rejects.toMatchObject({ code: 'STORE_CLOSED' })
  })

  it('takes no session for an updater that is none', async () => {
    await using manager = createSessionManager()
    await expect(manager.updateSessionData(nothing)).rejects.toThrow('`updater`')
    expect(manager.current).toBeUndefined()
  })
})

describe('sqliteStore', () => {
  it('names the path of a file that cannot be made, and of one that is no database', () => {
    const inNowhere = (): unknown => sqliteStore({ path: '/no/such/folder/chat.sqlite' })
    expect(inNowhere).toThrow(/^`path` cannot be opened, \/no\/such\/folder\/chat\.sqlite: unable to open/)
    expect(inNowhere).toThrow(expect.objectContaining({ code: 'STORE_FAILED' }))
    const noDatabase = (): unknown => sqliteStore({ path: import.meta.filename })
    expect(noDatabase).toThrow(expect.objectContaining({ code: 'STORE_FAILED' }))
  })
})
