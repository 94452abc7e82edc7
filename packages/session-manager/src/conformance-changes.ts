import { begin, contents, type Fact, load, message, newSession, print, same, write } from './conformance-tools.ts'
import type { StoredMessage } from './session-store.ts'

/** What each change does, and which values come back as they went in. */
export function testChanges(fact: Fact): void {
  fact('keeps every field of a session', async store => {
    const session = newSession('s', {
      metadata: { model: 'm' },
      createdAt: 5,
      titleSource: 'auto',
      archived: true,
      schemaVersion: 1,
    })
    await write(store, 's', null, { type: 'create', session })
    const { updatedAt, ...rest } = await load(store)
    const { updatedAt: _, ...expected } = { ...session, version: 1 }
    same(rest, expected, 'session')
    same(updatedAt >= 5, true, 'updatedAt')
  })

  fact('appends in order and leaves a message whose id is there as it is', async store => {
    await begin(store, message('a'))
    const messages = [message('b'), message('a', 'other'), message('b', 'twice'), message('c')]
    await write(store, 's', 1, { type: 'append', messages })
    same(await contents(store), ['a', 'b', 'c'], 'messages')
  })

  fact('replaces and removes by id, and keeps the order', async store => {
    await begin(store, message('a'), message('b'), message('c'))
    await write(store, 's', 1, { type: 'replace', message: message('b', 'B') }, { type: 'remove', messageId: 'a' })
    same(await contents(store), ['B', 'c'], 'messages')
    await write(store, 's', 2, { type: 'append', messages: [message('a', 'again')] })
    same(await contents(store), ['B', 'c', 'again'], 'messages')
  })

  fact('does nothing for a message that is not there', async store => {
    await begin(store, message('a'))
    await write(
      store,
      's',
      1,
      { type: 'replace', message: message('x') },
      { type: 'remove', messageId: 'x' },
      { type: 'truncate', afterMessageId: 'x' },
      { type: 'delta', messageId: 'x', n: 0, delta: 'x' },
    )
    same(await contents(store), ['a'], 'messages')
  })

  fact('truncates after a message, or everything', async store => {
    await begin(store, message('a'), message('b'), message('c'))
    await write(store, 's', 1, { type: 'truncate', afterMessageId: 'a' }, { type: 'append', messages: [message('d')] })
    same(await contents(store), ['a', 'd'], 'messages')
    await write(store, 's', 2, { type: 'truncate', afterMessageId: null }, { type: 'append', messages: [message('a')] })
    same(await contents(store), ['a'], 'messages')
  })

  fact('puts the pieces of a streamed message together in the order of n', async store => {
    await begin(store, { id: 'a', content: '<', status: 'streaming' } as StoredMessage)
    for (let n = 0; n < 12; n++) await write(store, 's', n + 1, { type: 'delta', messageId: 'a', n, delta: `${n} ` })
    same(await contents(store), ['<0 1 2 3 4 5 6 7 8 9 10 11 '], 'content')
    same((await load(store)).messages[0]?.status, 'streaming', 'status')
  })

  fact('drops the pieces when the message is replaced or removed', async store => {
    await begin(store, message('a', ''), message('b', ''))
    const piece = (messageId: string) => ({ type: 'delta', messageId, n: 0, delta: 'piece' }) as const
    await write(store, 's', 1, piece('a'), piece('b'))
    const whole = { id: 'a', content: 'whole', status: 'complete' } as StoredMessage
    await write(store, 's', 2, { type: 'replace', message: whole }, { type: 'remove', messageId: 'b' })
    await write(store, 's', 3, { type: 'append', messages: [message('b', 'new')] })
    same(await contents(store), ['whole', 'new'], 'contents')
  })

  fact('sets what is named and leaves the rest; null restores', async store => {
    await begin(store)
    await write(store, 's', 1, { type: 'set', title: 'T', titleSource: 'user', deletedAt: 9 })
    const deleted = await load(store)
    same([deleted.title, deleted.deletedAt, deleted.archived], ['T', 9, false], 'deleted')
    await write(store, 's', 2, { type: 'set', deletedAt: null, metadata: { a: 1 }, archived: true })
    const restored = await load(store)
    same('deletedAt' in restored, false, 'deletedAt')
    same([restored.title, restored.metadata, restored.archived], ['T', { a: 1 }, true], 'restored')
    await write(store, 's', 3, { type: 'set', schemaVersion: 2 })
    await write(store, 's', 4, { type: 'set', title: 'U' })
    const { title, schemaVersion } = await load(store)
    same([title, schemaVersion], ['U', 2], 'schemaVersion')
  })

  fact('gives back every kind of value as it was', async store => {
    const parts = [
      null,
      undefined,
      true,
      0,
      -0,
      1.5,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      2n ** 70n,
      '',
      'ünïcödé 👩‍👩‍👧',
      '\ud800 alone',
      '\u0000',
      new Date(5),
      new Date(Number.NaN),
      /a+/gi,
      new Map([['k', { deep: [1n] }]]),
      new Set([1, 'a']),
      new Uint8Array([1, 2, 255]),
      new Float64Array([0.5]),
      new Uint8Array([7]).buffer,
      { $: 'tag', v: 1 },
      JSON.parse('{"__proto__": {"x": 1}}'),
      'x'.repeat(100_000),
      { a: { b: { c: [] } } },
    ]
    await begin(store, { id: 'a', parts } as unknown as StoredMessage)
    const stored = Reflect.get((await load(store)).messages[0] as object, 'parts') as unknown[]
    for (const [index, part] of parts.entries()) same(stored[index], part, `part ${index}`)
    same(print(stored), print(parts), 'all')
  })
}
