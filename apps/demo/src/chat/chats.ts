import type { Session, SessionManager, SessionSummary } from '@x/session-manager'
import type { Witness } from '../audit/witness.ts'
import { chatInAddress, putInAddress } from './address.ts'
import type { Answers } from './answers.ts'
import { ChatList } from './chat-list.ts'
import { download, fileName } from './download.ts'
import {
  type ChatMessage,
  type ChatMetadata,
  copyOf,
  exchangesFrom,
  exchangesOf,
  type Stored,
  withoutQuestions,
} from './messages.ts'
import { newId } from './new-id.ts'
import { Observable } from './observable.ts'

export type ChatSession = Session<ChatMessage, ChatMetadata>
export type ChatManager = SessionManager<ChatMessage, ChatMetadata>
export type ChatSummary = SessionSummary<ChatMetadata>

const MOST_RESUMED = 10

export const CHAT_IS_GONE = 'That chat is not there any more'

export interface Notice {
  readonly text: string
  undo?(): Promise<void>
}

/** What the visitor does with chats. */
export class Chats {
  readonly manager: ChatManager
  readonly list: ChatList
  /** What was done last, and the way back if there is one. */
  readonly notice = new Observable<Notice | undefined>(undefined)
  /** The messages that the store has not confirmed yet. */
  readonly unsaved = new Observable<ReadonlySet<string>>(new Set())
  /** What was written and not sent yet, by chat. */
  readonly drafts = new Map<string, string>()
  readonly #answers: Answers
  readonly #witness: Witness
  /** Questions that are making room for another one. */
  readonly #rewriting = new Set<string>()
  /** The chats that this tab is deleting. */
  readonly #deleting = new Set<string>()

  constructor(manager: ChatManager, answers: Answers, witness: Witness) {
    this.manager = manager
    this.list = new ChatList(manager)
    this.#answers = answers
    this.#witness = witness
  }

  /** Shows the chat named last or the newest one, and takes up the replies that the last page left unfinished. */
  async begin(preferred: string): Promise<void> {
    const sessions = await this.list.open(false)
    const [first] = sessions
    if (!(await this.#tryToShow(preferred))) await (first ? this.show(first.id, 'instead') : this.create())
    this.#resumeAll(sessions)
    // Also those that a tab leaves unfinished when it is closed while this one is open.
    this.manager.on('message-interrupted', ({ id }) => void this.#resume(id))
    this.manager.on('session-switched', ({ id, from }) => {
      if (id === null && from !== null)
        void (this.#deleting.has(from) ? this.#leave(from) : this.#deletedElsewhere(from))
    })
    addEventListener('popstate', () => void this.#goTo(chatInAddress()))
  }

  /** Takes up what a tab that is gone has left, also where nothing of a reply was stored yet. */
  async takeOver(): Promise<void> {
    // By a search for nothing, the newest of all: the page that was listed last stays the one that is shown.
    const { sessions } = await this.manager.search('', { limit: MOST_RESUMED })
    this.#resumeAll(sessions)
  }

  async create(): Promise<void> {
    const bot = this.manager.current?.metadata.bot ?? 'storyteller'
    const session = await this.manager.create({ metadata: { bot } })
    const { archived, page, text } = this.list.view.getSnapshot()
    if (archived || page > 0 || text) await this.list.open(false)
    putInAddress(session.id, 'next')
  }

  /** A reply that is under way goes on in its own chat, whichever is in front. */
  async show(id: string, how: 'next' | 'instead' = 'next'): Promise<void> {
    await this.manager.switchTo(id)
    putInAddress(id, how)
  }

  /** Two messages sent in one go are stored, and answered, in that order. */
  send(session: ChatSession, text: string): void {
    this.#post(session, questionOf(session, text), question => session.append(question))
  }

  /** Asks something else instead, or the same again: the question, its reply and all that followed make room. */
  async rewrite(session: ChatSession, question: Stored, text: string): Promise<void> {
    if (this.#rewriting.has(question.id)) return
    this.#rewriting.add(question.id)
    const ids = exchangesFrom(session.messages, question.id).map(exchange => exchange.question.id)
    for (const id of ids) this.#witness.withdrawn(id)
    await this.#answers.abandon(ids)
    const next = { ...questionOf(session, text), seed: (question.seed ?? 0) + 1 }
    // In one step, so that there is never neither; as the only turn, since another tab may be writing; and nothing makes
    // room that was not there when the visitor asked.
    this.#post(session, next, asked =>
      session
        .turn(
          turn => turn.session.update(({ messages }) => ({ messages: [...withoutQuestions(messages, ids), asked] })),
          { onBusy: 'interrupt' },
        )
        .finally(() => this.#rewriting.delete(question.id)),
    )
  }

  #post(session: ChatSession, question: Stored, store: (question: Stored) => Promise<unknown>): void {
    const sent = { id: question.id, chat: session.id, text: question.content }
    this.#witness.sent(sent)
    this.#unsaved(question.id, true)
    const stored = store(question)
    stored
      .then(
        () => this.#witness.acknowledged(sent),
        () => this.#witness.withdrawn(sent.id), // Never stored, and not said to be: gone from the page as well.
      )
      .finally(() => this.#unsaved(question.id, false))
    void this.#answers.answer(session, question)
  }

  #unsaved(id: string, isUnsaved: boolean): void {
    this.unsaved.update(before => {
      const after = new Set(before)
      if (isUnsaved) after.add(id)
      else after.delete(id)
      return after
    })
  }

  /** Goes on apart from here: a new chat with the finished exchanges up to one, or all of them. */
  async fork(session: ChatSession, questionId?: string): Promise<void> {
    const fork = await this.manager.create({
      title: `${session.title} (fork)`,
      metadata: session.metadata,
      messages: copyOf(session.messages, questionId),
    })
    putInAddress(fork.id, 'next')
  }

  async forkWhole(id: string): Promise<void> {
    await using session = await this.manager.open(id)
    await this.fork(session)
  }

  retry(session: ChatSession, question: Stored): void {
    void this.#answers.answer(session, question)
  }

  async chooseBot(session: ChatSession, bot: string): Promise<void> {
    await session.update(({ metadata }) => ({ metadata: { ...metadata, bot } }))
  }

  async rename(id: string, title: string): Promise<void> {
    await this.manager.rename(id, title)
  }

  async remove(chat: ChatSummary): Promise<void> {
    this.#deleting.add(chat.id)
    this.#witness.deleted(chat.id)
    await this.manager.delete(chat.id).finally(() => this.#deleting.delete(chat.id))
    this.notice.set({ text: `Deleted “${chat.title}”`, undo: () => this.restore(chat.id) })
  }

  async restore(id: string): Promise<void> {
    await this.manager.restore(id)
    this.#witness.restored(id)
    await this.show(id)
  }

  async archive(chat: ChatSummary): Promise<void> {
    await this.manager.archive(chat.id)
    this.notice.set({ text: `Archived “${chat.title}”`, undo: () => this.unarchive(chat) })
    if (this.manager.current?.id === chat.id) await this.#leave(chat.id)
  }

  async unarchive(chat: ChatSummary): Promise<void> {
    await this.manager.unarchive(chat.id)
    this.notice.set({ text: `“${chat.title}” is back among the chats` })
  }

  /** One chat, or all of them, as a file. */
  async export(chat?: ChatSummary): Promise<void> {
    let missing = 0
    const stopCounting = this.manager.on('export-incomplete', () => missing++)
    const data = await this.manager.export(chat?.id).finally(stopCounting)
    download(fileName(chat?.title ?? 'all chats', new Date()), data)
    if (missing > 0) this.notice.set({ text: `The file has all but ${missing} that cannot be read` })
  }

  async import(file: Blob): Promise<void> {
    try {
      const ids = await this.manager.import(await file.text())
      for (const id of ids) this.#witness.restored(id)
      if (ids.length === 0) throw new Error('there is no chat in the file')
      this.notice.set({ text: ids.length === 1 ? 'Imported a chat' : `Imported ${ids.length} chats` })
      if (ids[0] !== undefined) await this.show(ids[0])
    } catch (error) {
      this.notice.set({ text: `Nothing was imported: ${(error as Error).message}` })
    }
  }

  /** Goes on with the next chat, or a new one. */
  async #leave(id: string): Promise<void> {
    const next = this.manager.getSnapshot().sessions.find(chat => chat.id !== id && !chat.archived)
    await (next ? this.show(next.id, 'instead') : this.create())
  }

  async #deletedElsewhere(id: string): Promise<void> {
    this.notice.set({ text: 'The chat was deleted in another tab', undo: () => this.restore(id) })
    await this.#leave(id)
  }

  /** Back and forward go through the chats that were shown. */
  async #goTo(id: string): Promise<void> {
    if (id === '' || id === this.manager.current?.id || (await this.#tryToShow(id))) return
    this.notice.set({ text: CHAT_IS_GONE })
    if (this.manager.current) putInAddress(this.manager.current.id, 'instead')
  }

  async #tryToShow(id: string): Promise<boolean> {
    if (id === '') return false
    return await this.show(id, 'instead').then(
      () => true,
      () => false,
    )
  }

  #resumeAll(sessions: readonly ChatSummary[]): void {
    for (const { id } of sessions.slice(0, MOST_RESUMED)) void this.#resume(id)
  }

  async #resume(id: string): Promise<void> {
    await using session = await this.manager.open(id)
    const unanswered = exchangesOf(session.messages).filter(({ question, reply }) => {
      return !question.stopped && reply?.status !== 'complete'
    })
    await Promise.all(unanswered.map(({ question }) => this.#answers.answer(session, question)))
  }
}

function questionOf(session: ChatSession, content: string): Stored {
  return { id: newId(), role: 'user', content, bot: session.metadata.bot }
}
