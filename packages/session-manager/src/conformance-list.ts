import { type Fact, message, newSession, rejects, same, write } from './conformance-tools.ts'
import type { ListQuery, NewSession, SessionStore } from './session-store.ts'

/** Pages, filters and search; no messages in a list. */
export function testList(fact: Fact): void {
  fact('lists what was changed last first, without messages', async store => {
    await make(store, ['a', 'b', 'c'])
    await tick()
    await write(store, 'a', 1, { type: 'append', messages: [message('m1'), message('m2')] })
    const { sessions } = await store.list({ limit: 10 })
    same(ids(sessions), ['a', 'c', 'b'], 'ids')
    same(sessions[0]?.messageCount, 2, 'count')
    same('messages' in (sessions[0] as object), false, 'has messages')
    same(ids((await store.list({ limit: 10, order: 'asc' })).sessions), ['b', 'c', 'a'], 'ascending')
  })

  fact('gives each session once, page by page, in both orders', async store => {
    const all = Array.from({ length: 23 }, (_, n) => `s${String(n).padStart(2, '0')}`)
    await Promise.all(all.map(id => write(store, id, null, { type: 'create', session: newSession(id) })))
    for (const order of ['asc', 'desc'] as const) {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await store.list({ limit: 5, order, cursor })
        seen.push(...ids(page.sessions))
        cursor = page.nextCursor
      } while (cursor !== undefined)
      same(seen.length, all.length, `${order}: how many`)
      same([...seen].sort(), all, order)
    }
  })

  fact('ends with a page that has no cursor', async store => {
    await make(store, ['a', 'b'])
    same((await store.list({ limit: 2 })).nextCursor, undefined, 'cursor of the last page')
    same(typeof (await store.list({ limit: 1 })).nextCursor, 'string', 'cursor of the first page')
    same((await store.list({ limit: 1, text: 'nowhere' })).sessions, [], 'nothing found')
    await rejects(store.list({ limit: 1, cursor: 'nonsense' }), 'VALIDATION', 'a cursor of no list')
  })

  fact('lists archived and deleted sessions when asked for', async store => {
    await make(store, ['live', 'archived', 'deleted'])
    await write(store, 'archived', 1, { type: 'set', archived: true })
    await write(store, 'deleted', 1, { type: 'set', deletedAt: 1 })
    const listed = async (query: Partial<ListQuery>): Promise<string[]> =>
      ids((await store.list({ limit: 9, ...query })).sessions).sort()
    same(await listed({}), ['archived', 'live'], 'either')
    same(await listed({ archived: false }), ['live'], 'not archived')
    same(await listed({ archived: true }), ['archived'], 'archived')
    same(await listed({ deleted: true }), ['deleted'], 'deleted')
    await write(store, 'deleted', 2, { type: 'purge' })
    same(await listed({ deleted: true }), [], 'after the purge')
  })

  fact('finds text in titles and anywhere in messages, in any case, but not in ids and roles', async store => {
    const parts = { id: 'needle-id', role: 'needle-role', parts: [{ type: 'text', text: 'deep NEEDLE here' }] }
    await make(store, ['title', 'parts', 'neither'], id => {
      if (id === 'title') return { title: 'A Needle' }
      return id === 'parts' ? { messages: [parts] } : { messages: [{ ...parts, parts: [] }] }
    })
    same(ids((await store.list({ limit: 9, text: 'nEEdle' })).sessions).sort(), ['parts', 'title'], 'found')
  })

  fact('finds text that is still being streamed', async store => {
    await make(store, ['s'], () => ({ messages: [message('m', 'of a ')] }))
    await write(store, 's', 1, { type: 'delta', messageId: 'm', n: 0, delta: 'haystack: nee' })
    await write(store, 's', 2, { type: 'delta', messageId: 'm', n: 1, delta: 'dle' })
    same(ids((await store.list({ limit: 9, text: 'A hay' })).sessions), ['s'], 'found')
    same(ids((await store.list({ limit: 9, text: 'needle' })).sessions), ['s'], 'found across pieces')
  })

  fact('counts messages as they come and go', async store => {
    const count = async (): Promise<number | undefined> => (await store.list({ limit: 1 })).sessions[0]?.messageCount
    await make(store, ['s'], () => ({ messages: [message('a'), message('b'), message('c')] }))
    await write(store, 's', 1, { type: 'append', messages: [message('c'), message('d')] })
    same(await count(), 4, 'after an append')
    await write(store, 's', 2, { type: 'remove', messageId: 'a' }, { type: 'remove', messageId: 'x' })
    same(await count(), 3, 'after a removal')
    await write(store, 's', 3, { type: 'truncate', afterMessageId: 'b' })
    same(await count(), 1, 'after a truncation')
  })
}

async function make(
  store: SessionStore,
  all: readonly string[],
  fields: (id: string) => Partial<NewSession> = () => ({}),
): Promise<void> {
  for (const id of all) {
    await write(store, id, null, { type: 'create', session: newSession(id, fields(id)) })
    await tick()
  }
}

/** The next commit has a later `updatedAt`. */
function tick(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 2))
}

function ids(sessions: readonly { readonly id: string }[]): string[] {
  return sessions.map(session => session.id)
}
