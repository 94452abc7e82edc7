import { begin, contents, type Fact, load, message, newSession, rejects, same, write } from './conformance-tools.ts'
import { SessionRecord } from './session-record.ts'
import type { Commit } from './session-store.ts'

/** Atomic, versioned, idempotent, fenced. */
export function testCommit(fact: Fact): void {
  fact('makes a session at version 1 and adds one to the version with each commit', async store => {
    same(await store.load('s'), undefined, 'before')
    same(await begin(store, message('a')), 1, 'first version')
    same(await write(store, 's', 1, { type: 'append', messages: [message('b')] }), 2, 'second version')
    same((await load(store)).version, 2, 'loaded version')
    same(await contents(store), ['a', 'b'], 'messages')
  })

  fact('refuses a commit on another version, and tells the actual one', async store => {
    await begin(store)
    const stale: Commit = { expectedVersion: 7, operationId: 'o', changes: [{ type: 'set', title: 'no' }] }
    const error = await store.commit('s', stale).catch(error => error)
    same([error.code, error.expected, error.actual], ['VERSION_CONFLICT', 7, 1], 'error')
    await rejects(begin(store), 'VERSION_CONFLICT', 'creating it again')
    await rejects(write(store, 'none', 1, { type: 'set', title: 'no' }), 'VERSION_CONFLICT', 'a session that is not')
    same((await load(store)).title, 'Title', 'title')
  })

  fact('lets exactly one of many commits on the same version through', async store => {
    await begin(store)
    const tries = Array.from({ length: 20 }, (_, n) =>
      write(store, 's', 1, { type: 'append', messages: [message(`m${n}`)] }).then(
        () => 1,
        () => 0,
      ),
    )
    same(
      (await Promise.all<number>(tries)).reduce((sum, each) => sum + each),
      1,
      'how many',
    )
    same((await load(store)).messages.length, 1, 'messages')
  })

  fact('applies an operation once: a repeat returns the version it made, also after others', async store => {
    await begin(store)
    const commit = (operationId: string, expectedVersion: number, id: string): Commit => ({
      expectedVersion,
      operationId,
      changes: [{ type: 'append', messages: [message(id)] }],
    })
    same((await store.commit('s', commit('first', 1, 'a'))).version, 2, 'version')
    same((await store.commit('s', commit('first', 1, 'a'))).version, 2, 'version of a repeat')
    await store.commit('s', commit('second', 2, 'b'))
    same((await store.commit('s', commit('first', 3, 'c'))).version, 2, 'version of a late repeat')
    same(await contents(store), ['a', 'b'], 'messages')
  })

  fact('does not make a purged session again when its operations are repeated', async store => {
    const create: Commit = {
      expectedVersion: null,
      operationId: 'create',
      changes: [{ type: 'create', session: newSession('s') }],
    }
    await store.commit('s', create)
    await write(store, 's', 1, { type: 'purge' })
    same(await store.load('s'), undefined, 'after the purge')
    await store.commit('s', create)
    same(await store.load('s'), undefined, 'after the repeat')
    await rejects(write(store, 's', 2, { type: 'set', title: 'late' }), 'VERSION_CONFLICT', 'a late write')
  })

  fact('gives a session that is made again after a purge a version greater than all before', async store => {
    await begin(store, message('old'))
    await write(store, 's', 1, { type: 'purge' })
    const version = await begin(store)
    same(version > 2, true, `version ${version} is greater than 2`)
    same(await contents(store), [], 'messages')
  })

  fact('stores all changes or none', async store => {
    await begin(store)
    const changes: Commit['changes'] = [
      { type: 'append', messages: [message('a')] },
      { type: 'set', title: 'New', metadata: { cannot: () => 0 } },
    ]
    const error = await store.commit('s', { expectedVersion: 1, operationId: 'o', changes }).catch(error => error)
    same(error?.code, 'VALIDATION', 'error')
    const { version, title, messages } = await load(store)
    same([version, title, messages.length], [1, 'Title', 0], 'session')
  })

  fact('knows what has led from a version to the latest, or says that it does not', async store => {
    await begin(store, message('a'))
    const first = SessionRecord.from(await load(store))
    await write(store, 's', 1, { type: 'append', messages: [message('b')] })
    await write(store, 's', 2, { type: 'remove', messageId: 'a' }, { type: 'set', title: 'New' })
    const missed = await store.changesSince?.('s', 1)
    for (const change of missed?.flat() ?? []) first.apply(change)
    const { messages, title } = missed ? first : await load(store)
    same([missed?.length ?? 2, title, messages.map(({ id }) => id)], [2, 'New', ['b']], 'after what was missed')
    same((await store.changesSince?.('s', 3)) ?? [], [], 'since the latest')
    same(await store.changesSince?.('s', 4), undefined, 'since a version to come')
    same(await store.changesSince?.('x', 1), undefined, 'of no session')
    await write(store, 's', 3, { type: 'purge' })
    const isOver = (await store.changesSince?.('s', 3))?.flat().some(change => change.type === 'purge') ?? true
    same(isOver, true, 'tells of the purge, or nothing')
  })

  fact(
    'puts on the latest version what may be put there, or refuses it, and never on a deleted session or one of another schema',
    async store => {
      await begin(store, message('a'))
      await write(store, 's', 1, { type: 'append', messages: [message('b')] })
      const append = (operationId: string) => {
        const changes: Commit['changes'] = [{ type: 'append', messages: [message(operationId)] }]
        return store.commit('s', { expectedVersion: 1, operationId, changes, onLatest: true }).catch(error => error)
      }
      const answer = await append('c')
      const isPut = answer.version === 3
      same(isPut || answer.code === 'VERSION_CONFLICT', true, 'put there, or refused')
      same(await contents(store), isPut ? ['a', 'b', 'c'] : ['a', 'b'], 'messages')
      const migrated = await write(store, 's', isPut ? 3 : 2, { type: 'set', schemaVersion: 1 })
      same((await append('d')).code, 'VERSION_CONFLICT', 'on a session that a newer app has changed')
      const deleted = await write(store, 's', migrated, { type: 'set', schemaVersion: 0, deletedAt: 1 })
      same((await append('e')).code, 'VERSION_CONFLICT', 'on a deleted session')
      await write(store, 's', deleted, { type: 'purge' })
      same((await append('f')).code, 'VERSION_CONFLICT', 'on a session that is gone')
    },
  )

  fact('neither freezes what it is given nor is changed through it', async store => {
    const given = { id: 'a', parts: [{ text: 'x' }] }
    await write(store, 's', null, { type: 'create', session: newSession('s', { messages: [given] }) })
    given.parts.push({ text: 'later' })
    const session = await load(store)
    same(Reflect.get(session.messages[0] as object, 'parts'), [{ text: 'x' }], 'stored parts')
  })

  fact('rejects with the reason of an aborted signal', async store => {
    const reason = new Error('gone')
    const options = { signal: AbortSignal.abort(reason) }
    const errors = await Promise.all([
      store.load('s', options).catch(error => error),
      store.list({ limit: 1 }, options).catch(error => error),
      store.commit('s', { expectedVersion: null, operationId: 'o', changes: [] }, options).catch(error => error),
    ])
    same(
      errors.map(error => error === reason),
      [true, true, true],
      'reasons',
    )
  })
}
