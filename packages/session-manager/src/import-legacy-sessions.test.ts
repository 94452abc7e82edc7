import { describe, expect, it } from 'vitest'
import { importLegacySessions } from './compat.ts'
import { createSessionManager } from './index.ts'

const A = '0b1f6c1e-6f1c-4c7e-9a55-0c1f2d3e4a5b'
const B = '7d2f6c1e-6f1c-4c7e-9a55-0c1f2d3e4a5c'

/** As the older code stored it. */
function old(id: string, contents: readonly string[], fields: object = {}): object {
  const messages = contents.map((content, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content,
    timestamp: `2024-05-01T10:00:0${index}.000Z`,
    dataVersion: { hash: 'a1', count: 3 },
  }))
  const times = { createdAt: '2024-05-01T10:00:00.000Z', updatedAt: '2024-05-02T10:00:00.000Z' }
  return { id, ...times, title: contents[0], messages, messageCount: messages.length, ...fields }
}

interface Message {
  readonly role: string
  readonly content: string
}

async function importInto(data: unknown, options?: Parameters<typeof importLegacySessions>[2]) {
  const manager = createSessionManager<Message>()
  const result = await importLegacySessions(manager, data, options)
  const contents = async (id: string) => (await manager.open(id)).messages.map(message => message.content)
  return { manager, contents, ...result }
}

describe('sessions of the older code', () => {
  it('come in with title, times, metadata and every field of their messages', async () => {
    const { manager, imported, skipped } = await importInto([old(A, ['Hello', 'Hi'], { userContext: { plan: 'pro' } })])
    const session = await manager.open(A)
    expect([imported, skipped, session.title, session.metadata]).toEqual([
      [A],
      [],
      'Hello',
      { userContext: { plan: 'pro' } },
    ])
    expect(session.messages[1]).toEqual({
      id: `${A}:1`,
      role: 'assistant',
      content: 'Hi',
      timestamp: '2024-05-01T10:00:01.000Z',
      dataVersion: { hash: 'a1', count: 3 },
    })
    const { sessions } = await manager.list()
    expect(sessions[0]?.createdAt).toBe(Date.parse('2024-05-01T10:00:00.000Z'))
  })

  const session = old(A, ['Hello'])
  const dump = { theme: 'dark', currentSessionId: A, [`session:${A}`]: JSON.stringify(session) }
  it.each([
    ['a list', [session], 0],
    ['its text', JSON.stringify([session]), 0],
    ['one session', session, 0],
    ['a map by id', { [A]: session }, 0],
    ['a dump of localStorage', dump, 2],
  ])('come in as %s', async (_, data, skips) => {
    const { contents, imported, skipped } = await importInto(data)
    expect([imported, await contents(A), skipped.length]).toEqual([[A], ['Hello'], skips])
  })

  it('come in from the conversation in sessionStorage', async () => {
    const { contents, imported } = await importInto([{ role: 'user', content: 'Hello' }])
    expect([imported, await contents('legacy-conversation')]).toEqual([['legacy-conversation'], ['Hello']])
  })

  it('are listed with the one changed last on top', async () => {
    const { imported } = await importInto([
      old(A, ['new'], { updatedAt: '2024-06-01T00:00:00Z' }),
      old(B, ['old'], { updatedAt: '2024-05-01T00:00:00Z' }),
    ])
    expect(imported).toEqual([B, A])
  })

  it.each([
    ['what the user named it', 'My plans', 'user'],
    ['the first words, cut', `${'x'.repeat(50)}...`, 'auto'],
    ['nothing', undefined, 'auto'],
    ['the default', 'New Chat', 'auto'],
  ])('have a title that is the user’s only when it was: %s', async (_, title, source) => {
    const { manager } = await importInto([old(A, ['x'.repeat(80)], { title })])
    await (await manager.open(A)).append({ role: 'user', content: 'more' })
    const [summary] = (await manager.list()).sessions
    expect(summary?.titleSource).toBe(source)
  })
})

describe('an emergency backup of the older code', () => {
  const backup = (contents: readonly string[]) => ({
    sessionId: A,
    createdAt: '2024-05-01T10:00:00.000Z',
    timestamp: 1_714_600_000_000,
    messages: contents.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content })),
  })
  const stored = (contents: readonly string[]) => ({ ...backup(contents), id: A })

  it.each([
    ['a longer last message, as it was being streamed', ['q', 'half'], ['q', 'half and more'], ['q', 'half and more']],
    ['messages that the store does not have', ['a', 'b'], ['a', 'b', 'c', 'd'], ['a', 'b', 'c', 'd']],
    ['less than the store', ['a', 'b', 'c', 'd'], ['a', 'b'], ['a', 'b', 'c', 'd']],
    ['the last ones alone', ['a', 'b', 'c', 'd'], ['c', 'd', 'e'], ['a', 'b', 'c', 'd', 'e']],
    ['nothing in common', ['a'], ['x'], ['a', 'x']],
  ])('with %s loses and doubles nothing', async (_, inStore, inBackup, expected) => {
    const { contents } = await importInto([stored(inStore), backup(inBackup)])
    expect(await contents(A)).toEqual(expected)
    const { contents: other } = await importInto([backup(inBackup), stored(inStore)])
    if (expected.length > 2) expect((await other(A)).length).toBe(expected.length)
  })
})

describe('what cannot be taken', () => {
  it('is told of with its place and value, and the rest comes in', async () => {
    const run = (): void => {}
    const { contents, imported, skipped } = await importInto({
      good: old(A, ['Hello'], { createdAt: 'yesterday', updatedAt: '2999-01-01T00:00:00Z' }),
      bad: 5,
      odd: { id: B, messages: [null, 'text', { role: 'user', content: 'kept' }, { role: 'user', run }] },
    })
    expect(imported.sort()).toEqual([A, B])
    expect([await contents(A), await contents(B)]).toEqual([['Hello'], ['kept']])
    expect(skipped.map(({ path, value }) => [path, value])).toEqual([
      ['data.bad', 5],
      ['data.odd.messages[0]', null],
      ['data.odd.messages[1]', 'text'],
      ['data.odd.messages[1]', { role: 'user', run }],
    ])
  })

  it.each([[undefined], [null], [''], ['{broken'], [7]])('is no reason to throw: %o', async data => {
    const { imported, skipped } = await importInto(data)
    expect([imported, skipped.map(({ path }) => path)]).toEqual([[], ['data']])
  })

  it('is not a status of its own, which stays beside', async () => {
    const messages = [
      { role: 'assistant', content: 'a', status: 'complete' },
      { role: 'assistant', content: 'b', status: 'error' },
    ]
    const { manager } = await importInto({ id: A, messages })
    expect((await manager.open(A)).messages).toMatchObject([{ status: 'complete' }, { legacyStatus: 'error' }])
  })

  it('is decided by toMessage too, which makes the messages of this app', async () => {
    const { contents, skipped } = await importInto(old(A, ['Hello', 'secret']), {
      toMessage: ({ role, content }) => (content === 'secret' ? undefined : { role, content: `${content}!` }),
    })
    expect([await contents(A), skipped.map(({ path }) => path)]).toEqual([['Hello!'], ['data.messages[1]']])
  })
})

describe('run again', () => {
  it('it adds what came since, and doubles nothing', async () => {
    const { manager, contents } = await importInto([old(A, ['a', 'b'])])
    await (await manager.open(A)).append({ role: 'user', content: 'new here' })
    await importLegacySessions(manager, [old(A, ['a', 'b', 'c'])])
    expect(await contents(A)).toEqual(['a', 'b', 'new here', 'c'])
  })

  it('it leaves deleted what was deleted here, and says so', async () => {
    const { manager } = await importInto([old(A, ['a'])])
    await manager.delete(A)
    const { imported, skipped } = await importLegacySessions(manager, [old(A, ['a'])])
    expect([imported, skipped.map(({ reason }) => reason)]).toEqual([[], ['was deleted here']])
    await expect(manager.open(A)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
  })
})

it('takes a message whose id ends in half a character under an id of its own', async () => {
  await using manager = createSessionManager()
  const { skipped } = await importLegacySessions(manager, [{ id: 'a', messages: [{ id: '\ud83d', content: 'x' }] }])
  expect(skipped).toEqual([])
  expect((await manager.open('a')).messages).toEqual([{ id: 'a:0', content: 'x' }])
})
