import { delay } from '@x/retry'
import { createSessionManager, type SessionStore } from '@x/session-manager'
import { Answers } from '../chat/answers.ts'
import type { ChatManager, ChatSession } from '../chat/chats.ts'
import { type ChatMessage, type ChatMetadata, exchangesOf } from '../chat/messages.ts'
import { CommitTrace } from '../xray/commit-trace.ts'
import { LockTrace } from '../xray/lock-trace.ts'
import { RetryTrace } from '../xray/retry-trace.ts'
import { ServiceTrace } from '../xray/service-trace.ts'
import { type TabXray, tellOf } from './tab-xray.ts'
import type { Question, Way } from './way.ts'

/** Chats on the packages, as the page itself keeps them. */
export class Ours implements Way {
  readonly #manager: ChatManager
  readonly #answers: Answers
  #sending = 0

  constructor(store: SessionStore, client: string, tell: (xray: TabXray) => void) {
    this.#manager = createSessionManager<ChatMessage, ChatMetadata>({ store })
    const [lockTrace, retryTrace] = [new LockTrace(), new RetryTrace()]
    const { commits } = new CommitTrace(this.#manager)
    const seen = { turns: lockTrace.turns, calls: retryTrace.calls, commits, service: new ServiceTrace() }
    this.#answers = new Answers({ client, lockTrace, retryTrace })
    tellOf(seen, () => this.#manager.current?.id, tell)
    this.#manager.on('message-interrupted', ({ id }) => void this.#takeUp(id))
  }

  async create(chat: string): Promise<void> {
    await this.#manager.create({ id: chat, title: chat, metadata: { bot: 'counter' } })
  }

  async show(chat: string): Promise<void> {
    await this.#manager.switchTo(chat)
    void this.#takeUp(chat)
  }

  async send(chat: string, { id, text }: Question): Promise<void> {
    this.#sending++
    try {
      const session = await this.#manager.open(chat)
      const [question] = await session.append({ id, role: 'user', content: text, bot: 'counter' })
      if (question) void this.#answers.answer(session, question)
    } finally {
      this.#sending--
    }
  }

  async rename(chat: string, title: string): Promise<void> {
    await this.#manager.rename(chat, title)
  }

  async remove(chat: string): Promise<void> {
    await this.#manager.delete(chat)
  }

  async fork(chat: string, atMessageId: string): Promise<string> {
    const fork = await this.#manager.fork(chat, { atMessageId })
    await this.show(fork.id)
    return fork.id
  }

  async idle(): Promise<void> {
    while (this.#sending > 0 || this.#answers.progress.getSnapshot().size > 0) await delay(50)
    await this.#manager.flush()
  }

  async #takeUp(chat: string): Promise<void> {
    const session: ChatSession = await this.#manager.open(chat)
    const open = exchangesOf(session.messages).filter(({ reply }) => reply?.status !== 'complete')
    for (const { question } of open) void this.#answers.answer(session, question)
  }
}
