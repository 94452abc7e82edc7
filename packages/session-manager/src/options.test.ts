import { describe, expect, it } from 'vitest'
import type { ChatMessage } from '../test/faulty-store.ts'
import { createSessionManager, type SessionManagerOptions } from './index.ts'

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

  it('takes undefined for what was not given', async () => {
    const manager = createSessionManager<ChatMessage>({ store: undefined, signal: undefined, limits: undefined })
    const session = await manager.create({ id: undefined, title: undefined, messages: undefined, metadata: undefined })
    await session.append({ role: 'user', content: 'here' }, { operationId: undefined })
    await session.update(data => data, { expectedVersion: undefined })
    await manager.switchTo(session.id, { onBusy: undefined })
    await manager.fork(session.id, { atMessageId: undefined })
    expect((await manager.list({ limit: undefined, cursor: undefined, order: undefined })).sessions).toHaveLength(2)
    expect((await manager.search('here', { limit: undefined, cursor: undefined })).sessions).toHaveLength(2)
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

describe('an argument that cannot be used', () => {
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
