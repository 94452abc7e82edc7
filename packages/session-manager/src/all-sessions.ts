import type { ListQuery, SessionStore, SessionSummary } from './session-store.ts'

/** What a query finds, page by page; what is done to a session meanwhile moves no other one. */
export async function* allSessions(
  store: SessionStore,
  query: Omit<ListQuery, 'limit' | 'cursor'>,
  signal?: AbortSignal,
): AsyncGenerator<SessionSummary> {
  let cursor: string | undefined
  do {
    const page = await store.list({ ...query, limit: 1000, cursor }, { signal })
    yield* page.sessions
    cursor = page.nextCursor
  } while (cursor !== undefined)
}
