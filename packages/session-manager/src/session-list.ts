import { checkOption } from './check-option.ts'
import { isRefusal, toStoreError } from './errors.ts'
import { freezeCopy } from './freeze-copy.ts'
import { ignore } from './ignore.ts'
import { comparePositions, positionOf } from './page-cursor.ts'
import type { ListQuery, SessionPage, SessionStore, SessionSummary } from './session-store.ts'

/** The page that was listed last, kept up to date. */
export interface SessionList {
  readonly sessions: readonly SessionSummary[]
  list(query: ListQuery): Promise<SessionPage>
  /** A session is this now; the store is asked only when that does not settle what the page shows. */
  put(session: SessionSummary): void
  /** Something that a list shows has changed: one look for all changes of a moment. */
  refresh(): void
}

export function sessionList(store: SessionStore, disposed: AbortSignal, onChange: () => void): SessionList {
  let shown: { readonly query: ListQuery; readonly call: number } | undefined
  let sessions: readonly SessionSummary[] = Object.freeze([])
  let calls = 0
  /** Answers that are on their way, and may be older than what has been put since. */
  let fetches = 0
  /** What was put, and what was said to have changed. */
  let changes = 0

  const show = (page: readonly SessionSummary[]): void => {
    sessions = page
    onChange()
  }

  /** Shows the answer before it stops being on its way: nothing newer is put in between. */
  const fetch = async (query: ListQuery, isWanted: () => boolean): Promise<SessionPage> => {
    const before = changes
    fetches++
    try {
      const page = await readPage(store, query, disposed)
      if (isWanted()) show(page.sessions)
      return page
    } finally {
      fetches--
      if (before !== changes) look()
    }
  }

  /** Who asks already asks again when there was a change meanwhile. */
  const look = (): void => {
    const last = shown
    if (last && fetches === 0 && !disposed.aborted) fetch(last.query, () => last === shown).catch(ignore)
  }

  return {
    get sessions() {
      return sessions
    },
    list(query) {
      const call = ++calls
      return fetch(query, () => {
        const isLatest = call > (shown?.call ?? 0)
        if (isLatest) shown = { query, call }
        return isLatest
      })
    },
    put(session) {
      changes++
      if (!shown || fetches > 0) return
      const { archived, order, cursor, limit } = shown.query
      const others = sessions.filter(({ id }) => id !== session.id)
      const belongs = session.deletedAt === undefined && session.archived === archived
      if (!belongs && others.length === sessions.length) return
      const at = others.findIndex(other => comparePositions(positionOf(other), positionOf(session)) < 0)
      const isKnown = belongs && order === 'desc' && cursor === undefined && (at >= 0 || others.length === 0)
      if (!isKnown) return look()
      others.splice(Math.max(0, at), 0, Object.freeze(session))
      show(Object.freeze(others.slice(0, limit)))
    },
    refresh() {
      changes++
      look()
    },
  }
}

/** @throws TypeError or RangeError when `limit` is not 1 to 1000; StoreError when the store cannot. */
export async function readPage(store: SessionStore, query: ListQuery, signal: AbortSignal): Promise<SessionPage> {
  const { limit, order, archived } = query
  const isPage = Number.isInteger(limit) && limit >= 1 && limit <= 1000
  checkOption(isPage, 'limit', limit, 'an integer from 1 to 1000', 'number')
  checkOption(order === undefined || order === 'asc' || order === 'desc', 'order', order, "'asc' or 'desc'", 'string')
  checkOption(archived === undefined || typeof archived === 'boolean', 'archived', archived, 'true or false')
  try {
    return freezeCopy(await store.list(query, { signal }), 'page')
  } catch (error) {
    throw isRefusal(error) ? error : toStoreError(error)
  }
}
