import type { Session, SessionManager } from '@x/session-manager'
import type { Witness } from '../audit/witness.ts'
import type { Answers } from './answers.ts'
import { type ChatMessage, type ChatMetadata, exchangesOf } from './messages.ts'
import { newId } from './new-id.ts'
import { Observable } from './observable.ts'

export type ChatSession = Session<ChatMessage, ChatMetadata>
export type ChatManager = SessionManager<ChatMessage, ChatMetadata>

export interface ChatSummary {
  readonly id: string
  readonly title: string
  readonly messageCount: number
}

export interface Overview {
  readonly list: readonly ChatSummary[]
  readonly current: ChatSession | undefined
}

const MOST_LISTED = 100
const MOST_RESUMED = 10

/** What the visitor does with chats. */
export class Chats {
  readonly overview: Observable<Overview> = new Observable<Overview>({ list: [], current: undefined })
  /** The chat deleted last, while it can be brought back. */
  readonly deleted: Observable<ChatSummary | undefined> = new Observable<ChatSummary | undefined>(undefined)
  readonly #manager: ChatManager
  readonly #answers: Answers
  readonly #witness: Witness
  /** One handle for each chat that was shown: a reply goes on in its own chat whichever is in front. */
  readonly #open = new Map<string, Promise<ChatSession>>()

  constructor(manager: ChatManager, answers: Answers, witness: Witness) {
    this.#manager = manager
    this.#answers = answers
    this.#witness = witness
  }

  /** Shows the chat named last or the newest one, and takes up the replies that the last page left unfinished. */
  async begin(preferred: string | undefined): Promise<void> {
    await this.refresh()
    const { list } = this.overview.getSnapshot()
    const first = list.find(({ id }) => id === preferred) ?? list[0]
    if (first) await this.show(first.id)
    else await this.create()
    for (const { id } of list.slice(0, MOST_RESUMED)) this.#resume(await this.#handle(id))
  }

  async create(): Promise<void> {
    const bot = this.overview.getSnapshot().current?.metadata.bot ?? 'storyteller'
    const session = await this.#manager.create({ metadata: { bot } })
    await this.show(session.id)
  }

  async show(id: string): Promise<void> {
    await this.#manager.switchTo(id)
    const current = await this.#handle(id)
    history.replaceState(null, '', `#${id}`)
    this.overview.update(overview => ({ ...overview, current }))
    await this.refresh()
  }

  /** Two messages sent in one go are stored, and answered, in that order. */
  send(session: ChatSession, text: string): void {
    const message = { id: newId(), chat: session.id, text }
    this.#witness.sent(message)
    void session.append({ id: message.id, role: 'user', content: text }).then(
      () => this.#witness.acknowledged(message),
      () => {},
    )
    void this.#answers.answer(session, message.id)
  }

  retry(session: ChatSession, questionId: string): void {
    void this.#answers.answer(session, questionId)
  }

  async chooseBot(session: ChatSession, bot: string): Promise<void> {
    await session.update(data => ({ ...data, metadata: { ...data.metadata, bot } }))
  }

  async rename(id: string, title: string): Promise<void> {
    await this.#manager.rename(id, title)
    await this.refresh()
  }

  async remove(chat: ChatSummary): Promise<void> {
    this.#witness.deleted(chat.id)
    await this.#manager.delete(chat.id)
    this.#open.delete(chat.id)
    this.deleted.set(chat)
    await this.refresh()
    const { list, current } = this.overview.getSnapshot()
    if (current?.id !== chat.id) return
    if (list[0]) await this.show(list[0].id)
    else await this.create()
  }

  async restore(id: string): Promise<void> {
    await this.#manager.restore(id)
    this.#witness.restored(id)
    this.deleted.set(undefined)
    await this.show(id)
  }

  async refresh(): Promise<void> {
    const { sessions } = await this.#manager.list({ limit: MOST_LISTED })
    this.overview.update(overview => ({ ...overview, list: sessions }))
  }

  #handle(id: string): Promise<ChatSession> {
    const opened = this.#open.get(id) ?? this.#manager.open(id)
    this.#open.set(id, opened)
    return opened
  }

  #resume(session: ChatSession): void {
    for (const { question, reply } of exchangesOf(session.messages)) {
      if (reply?.status !== 'complete') void this.#answers.answer(session, question.id)
    }
  }
}
