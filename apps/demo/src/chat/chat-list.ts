import type { ChatManager, ChatSummary } from './chats.ts'
import { Observable } from './observable.ts'

/** What the side shows: a page of the chats, of the archived ones, or what a search has found. */
export interface ListView {
  readonly archived: boolean
  readonly page: number
  readonly text: string
  /** For `text`, once it is known. */
  readonly found: readonly ChatSummary[] | undefined
}

export const PAGE = 40
const MOST_FOUND = 100

/** Turns the pages of the chats, which the manager keeps up to date, and searches. */
export class ChatList {
  readonly view = new Observable<ListView>({ archived: false, page: 0, text: '', found: undefined })
  readonly #manager: ChatManager
  /** Where the pages so far begin. */
  #cursors: (string | undefined)[] = [undefined]

  constructor(manager: ChatManager) {
    this.#manager = manager
  }

  /** The first page. */
  async open(archived: boolean): Promise<readonly ChatSummary[]> {
    this.#cursors = [undefined]
    const { sessions } = await this.#manager.list({ limit: PAGE, archived })
    this.view.set({ archived, page: 0, text: '', found: undefined })
    return sessions
  }

  async older(): Promise<void> {
    // The page may have changed since it was opened, and its end with it.
    const { nextCursor } = await this.#list()
    if (nextCursor === undefined) return
    this.#cursors.push(nextCursor)
    await this.#list()
    this.view.update(view => ({ ...view, page: view.page + 1 }))
  }

  async newer(): Promise<void> {
    if (this.#cursors.length > 1) this.#cursors.pop()
    await this.#list()
    this.view.update(view => ({ ...view, page: this.#cursors.length - 1 }))
  }

  /** In titles and messages, archived or not; nothing to search for shows the page again. */
  async search(text: string): Promise<void> {
    this.view.update(view => ({ ...view, text, found: text ? view.found : undefined }))
    if (!text) return
    const { sessions: found } = await this.#manager.search(text, { limit: MOST_FOUND })
    this.view.update(view => (view.text === text ? { ...view, found } : view))
  }

  /** Looks again for what is searched for. */
  async refresh(): Promise<void> {
    await this.search(this.view.getSnapshot().text)
  }

  async #list(): ReturnType<ChatManager['list']> {
    const { archived } = this.view.getSnapshot()
    return await this.#manager.list({ limit: PAGE, archived, cursor: this.#cursors.at(-1) })
  }
}
