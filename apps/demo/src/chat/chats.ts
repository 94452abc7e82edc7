import type { Session, SessionManager, SessionSummary } from '@x/session-manager'
import type { Witness } from '../audit/witness.ts'
import type { Answers } from './answers.ts'
import { type ChatMessage, type ChatMetadata, copyOf, exchangesOf, messagesBefore, type Stored } from './messages.ts'
import { newId } from './new-id.ts'
import { Observable } from './observable.ts'

export type ChatSession = Session<ChatMessage, ChatMetadata>
export type ChatManager = SessionManager<ChatMessage, ChatMetadata>
export type ChatSummary = SessionSummary<ChatMetadata>

const MOST_LISTED = 200
const MOST_RESUMED = 10

/** What the visitor does with chats. */
export class Chats {
  readonly manager: ChatManager
  /** The chat deleted last, while it can be brought back. */
  readonly deleted = new Observable<ChatSummary | undefined>(undefined)
  /** The messages that the store has not confirmed yet. */
  readonly unsaved = new Observable<ReadonlySet<string>>(new Set())
  /** What was written and not sent yet, by chat. */
  readonly drafts = new Map<string, string>()
  readonly #answers: Answers
  readonly #witness: Witness

  constructor(manager: ChatManager, answers: Answers, witness: Witness) {
    this.manager = manager
    this.#answers = answers
    this.#witness = witness
  }

  /** Shows the chat named last or the newest one, and takes up the replies that the last page left unfinished. */
  async begin(preferred: string): Promise<void> {
    const { sessions } = await this.manager.list({ limit: MOST_LISTED })
    const first = sessions.find(({ id }) => id === preferred) ?? sessions[0]
    await (first ? this.show(first.id) : this.create())
    for (const { id } of sessions.slice(0, MOST_RESUMED)) void this.#resume(id)
    // Also those that a tab leaves unfinished when it is closed while this one is open.
    this.manager.on('message-interrupted', ({ id }) => void this.#resume(id))
  }

  async create(): Promise<void> {
    const bot = this.manager.current?.metadata.bot ?? 'storyteller'
    const session = await this.manager.create({ metadata: { bot } })
    rememberInUrl(session.id)
  }

  /** A reply that is under way goes on in its own chat, whichever is in front. */
  async show(id: string): Promise<void> {
    rememberInUrl(id)
    await this.manager.switchTo(id)
  }

  /** Two messages sent in one go are stored, and answered, in that order. */
  send(session: ChatSession, text: string): void {
    this.#post(session, questionOf(session, text), question => session.append(question))
  }

  /** Asks something else instead, or the same again: the question, its reply and all that followed make room. */
  async rewrite(session: ChatSession, question: Stored, text: string): Promise<void> {
    const before = messagesBefore(session.messages, question.id)
    const dropped = exchangesOf(session.messages.filter(message => !before.includes(message)))
    const ids = dropped.map(exchange => exchange.question.id)
    for (const id of ids) this.#witness.withdrawn(id)
    await this.#answers.abandon(ids)
    const next = { ...questionOf(session, text), seed: (question.seed ?? 0) + 1 }
    // In one step, so that there is never neither; and as the only turn, since another tab may be writing.
    this.#post(session, next, asked =>
      session.turn(
        turn =>
          turn.session.update(({ messages }) => ({ messages: [...messagesBefore(messages, question.id), asked] })),
        { onBusy: 'interrupt' },
      ),
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
    rememberInUrl(fork.id)
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
    const wasCurrent = this.manager.current?.id === chat.id
    this.#witness.deleted(chat.id)
    await this.manager.delete(chat.id)
    this.deleted.set(chat)
    const [next] = this.manager.getSnapshot().sessions.filter(({ id }) => id !== chat.id)
    if (wasCurrent) await (next ? this.show(next.id) : this.create())
  }

  async restore(id: string): Promise<void> {
    await this.manager.restore(id)
    this.#witness.restored(id)
    this.deleted.set(undefined)
    await this.show(id)
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

function rememberInUrl(id: string): void {
  history.replaceState(null, '', `#${id}`)
}
