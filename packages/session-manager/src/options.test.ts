import { describe, expect, it } from 'vitest'
import { type ChatMessage, user } from '../test/faulty-store.ts'
import { createSessionManager, type Session, type SessionManager, type SessionManagerOptions } from './index.ts'

describe('createSessionManager', () => {
  it.each<[string, unknown, string]>([
    ['options', null, 'TypeError: `options` must be an object, got null'],
    ['store', {}, 'TypeError: `store` must be an object with the methods load, commit,'],
    ['locks', {}, 'TypeError: `locks` must be an object with the methods request, got an object'],
    ['clock', {}, 'TypeError: `clock` must be an object with the methods now, setTimeout, clearTimeout'],
    ['schema', {}, 'TypeError: `schema` must be a Standard Schema, got an object'],
    ['signal', {}, 'TypeError: `signal` must'],
    ['applyDelta', 3, 'TypeError: `applyDelta` must be a function, got 3'],
    ['onBusy', 'later', "RangeError: `onBusy` must be one of 'enqueue', 'reject', 'interrupt', 'rollback', got later"],
    ['onHookError', 'x', 'TypeError: `onHookError` must be a function, got x'],
    ['autosave', true, 'TypeError: `autosave` must be false or an object, got true'],
    ['autosave', { delayMs: 'x' }, 'TypeError: `autosave.delayMs` must be a number of milliseconds'],
    ['autosave', { delayMs: Number.NaN }, 'RangeError: `autosave.delayMs` must be'],
    ['autosave', { delayMs: -5 }, 'RangeError: `autosave.delayMs` must be'],
    ['autosave', { delayMs: 2 ** 31 }, 'RangeError: `autosave.delayMs` must be'],
    ['autosave', { delayMs: Number.POSITIVE_INFINITY }, 'RangeError: `autosave.delayMs` must be'],
    ['autosave', { maxBytes: -1 }, 'RangeError: `autosave.maxBytes` must be a number >= 0, got -1'],
  ])('refuses a bad option: %s %o', (name, value, message) => {
    const options = name === 'options' ? value : { [name]: value }
    let error: unknown
    try {
      createSessionManager(options as SessionManagerOptions)
    } catch (thrown) {
      error = thrown
    }
    expect(String(error)).toContain(message)
  })

  it('sets no timer of 1 ms when autosave is given as undefined', async () => {
    const timers: number[] = []
    const clock = {
      now: () => 0,
      setTimeout: (_: () => void, ms: number) => timers.push(ms),
      clearTimeout: () => {},
    }
    const autosave = { delayMs: undefined, maxBytes: undefined } as object
    const manager = createSessionManager<ChatMessage>({ clock, autosave })
    const writer = await (await manager.create()).stream({ role: 'assistant' })
    const before = timers.length
    writer.write('a')
    expect(timers.slice(before)).toEqual([250])
  })
})

type Bad = (manager: SessionManager<ChatMessage>, session: Session<ChatMessage>) => Promise<unknown>

describe('an argument that cannot be used', () => {
  const bad = <Value>(value: unknown): Value => value as Value

  it.each<[string, Bad, string]>([
    ['create(null)', m => m.create(bad(null)), '`init` must be a plain object, got null'],
    ['create({ messages: 5 })', m => m.create({ messages: bad(5) }), '`messages` must be an array, got 5'],
    ['list({ limit: 0 })', m => m.list({ limit: 0 }), 'RangeError: `limit` must be an integer from 1 to 1000, got 0'],
    ['list({ limit: "5" })', m => m.list({ limit: bad('5') }), 'TypeError: `limit` must'],
    ['list({ order: "x" })', m => m.list({ order: bad('x') }), "RangeError: `order` must be 'asc' or 'desc', got x"],
    ['list({ archived: 1 })', m => m.list({ archived: bad(1) }), 'TypeError: `archived` must be true or false, got 1'],
    ['search()', m => m.search(bad(undefined)), 'TypeError: `text` must be a string, got undefined'],
    ['import()', m => m.import(bad(undefined)), '`data` must be text, got undefined'],
    ['an updater without a result', m => m.updateSessionData(bad(() => undefined)), '`data` must be a plain object'],
    ['operationId: 5', (_, s) => s.append(user('a'), { operationId: bad(5) }), 'TypeError: `operationId` must'],
    ['operationId: ""', (_, s) => s.append(user('a'), { operationId: '' }), 'RangeError: `operationId` must'],
    ['stream with operationId: ""', (_, s) => s.stream({}, { operationId: '' }), 'RangeError: `operationId` must'],
    ['edit(id, null)', (_, s) => s.edit('m', bad(null)), '`change` must be a plain object, got null'],
    ['stream(null)', (_, s) => s.stream(bad(null)), '`message` must be a plain object, got null'],
    ['stream("x")', (_, s) => s.stream(bad('x')), '`message` must be a plain object, got x'],
  ])('is refused by its name: %s', async (_, run, message) => {
    await using manager = createSessionManager<ChatMessage>()
    const session = await manager.create({ messages: [bad({ id: 'm', ...user('a') })] })
    const error = await run(manager, session).catch(error => error)
    expect(String(error)).toContain(message)
    expect([session.messages.length, session.status]).toEqual([1, 'saved'])
  })

  it('is refused by its path when it is too deep to walk through', async () => {
    await using manager = createSessionManager()
    const session = await manager.create()
    let deep: object = {}
    for (let level = 0; level < 20_000; level++) deep = { deep }
    await expect(session.append(deep)).rejects.toMatchObject({
      code: 'VALIDATION',
      message: expect.stringContaining('levels deep'),
    })
  })
})
