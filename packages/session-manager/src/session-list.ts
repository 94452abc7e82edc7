import { checkOption } from './check-option.ts'
import { freezeCopy } from './freeze-copy.ts'
import { ignore } from './ignore.ts'
import { comparePositions, type Position } from './page-cursor.ts'
import type { ListQuery, SessionPage, SessionStore, SessionSummary } from './session-store.ts'

const NONE: readonly SessionSummary[] = Object.freeze([])

/** The page that was listed last, kept up to date. */
export class SessionList {
  readonly #store: SessionStore
  readonly #disposed: AbortSignal
  readonly #onChange: () => void
  #query: ListQuery | undefined
  #sessions = NONE
  /** Calls of `list`, and the latest that is shown. */
  #calls = 0
  #shown = 0
  #isStale = false
  #isReading = false
  /** Answers that are on their way, and may be older than what has been put since. */
  #fetches = 0
  /** What was put, and what was said to have changed. */
  #changes = 0

  constructor(store: SessionStore, disposed: AbortSignal, onChange: () => void) {
    this.#store = store
    this.#disposed = disposed
    this.#onChange = onChange
  }

  get sessions(): readonly SessionSummary[] {
    return this.#sessions
  }

  async list(query: ListQuery): Promise<SessionPage> {
    const call = ++this.#calls
    return this.#fetch(query, () => {
      const isLatest = call > this.#shown
      if (isLatest) {
        this.#shown = call
        this.#query = query
      }
      return isLatest
    })
  }

  /** A session is this now; the store is asked only when that does not settle what the page shows. */
  put(session: SessionSummary): void {
    this.#changes++
    const query = this.#query
    if (!query) return
    const others = this.#sessions.filter(({ id }) => id !== session.id)
    const belongs = session.deletedAt === undefined && session.archived === query.archived
    if (!belongs && others.length === this.#sessions.length) return
    const at = others.findIndex(other => comparePositions(positionOf(other), positionOf(session)) < 0)
    const isKnown = belongs && query.order === 'desc' && query.cursor === undefined && (at >= 0 || others.length === 0)
    if (!isKnown || this.#fetches > 0) {
      this.refresh()
      return
    }
    others.splice(Math.max(0, at), 0, Object.freeze(session))
    this.#show({ sessions: Object.freeze(others.slice(0, query.limit)) })
  }

  /** Something that a list shows has changed: one look for all changes of a moment. */
  refresh(): void {
    this.#changes++
    this.#readAgain()
  }

  #readAgain(): void {
    this.#isStale = this.#query !== undefined
    if (!this.#isReading) void this.#read()
  }

  async #read(): Promise<void> {
    this.#isReading = true
    while (this.#isStale && !this.#disposed.aborted) {
      this.#isStale = false
      const query = this.#query as ListQuery
      await this.#fetch(query, () => query === this.#query).catch(ignore)
    }
    this.#isReading = false
  }

  /** Shows the answer in the same moment in which it stops being on its way: nothing newer is put in between. */
  async #fetch(query: ListQuery, isWanted: () => boolean): Promise<SessionPage> {
    const changes = this.#changes
    this.#fetches++
    try {
      const page = await readPage(this.#store, query, this.#disposed)
      if (isWanted()) {
        this.#show(page)
        if (changes !== this.#changes) this.#readAgain()
      }
      return page
    } finally {
      this.#fetches--
    }
  }

  #show(page: SessionPage): void {
    this.#sessions = page.sessions
    this.#onChange()
  }
}

function positionOf({ updatedAt, id }: SessionSummary): Position {
  return [updatedAt, id]
}

/** @throws TypeError or RangeError when `limit` is not 1 to 1000. */
export async function readPage(store: SessionStore, query: ListQuery, signal: AbortSignal): Promise<SessionPage> {
  const { limit, order, archived } = query
  const isPage = Number.isInteger(limit) && limit >= 1 && limit <= 1000
  checkOption(isPage, 'limit', limit, 'an integer from 1 to 1000', 'number')
  checkOption(order === undefined || order === 'asc' || order === 'desc', 'order', order, "'asc' or 'desc'", 'string')
  checkOption(archived === undefined || typeof archived === 'boolean', 'archived', archived, 'true or false')
  return freezeCopy(await store.list(query, { signal }), 'page')
}
