import type { Question, Way } from '../lab/way.ts'
import type { Documents, OldDocument, OldMessage } from './documents.ts'
import { naiveReply } from './naive-reply.ts'

const SAVE_AFTER_MS = 2000

/**
 * Chats as the older code kept them, in small and in earnest: one current chat for everything, read, changed and written
 * back whole, without a lock; a save that waits until nothing has changed for two seconds; errors that nobody hears of.
 */
export class OldChats implements Way {
  readonly #documents: Documents
  readonly #client: string
  #current: OldDocument = { id: '', title: '', messages: [], saves: 0 }
  #saving: ReturnType<typeof setTimeout> | undefined
  #replies = 0

  constructor(documents: Documents, client: string) {
    this.#documents = documents
    this.#client = client
  }

  async create(chat: string): Promise<void> {
    this.#current = { id: chat, title: chat, messages: [], saves: 0 }
    await this.#save(this.#current)
  }

  async show(chat: string): Promise<void> {
    this.#current = (await this.#documents.read(chat)) ?? this.#current
  }

  async send(_chat: string, { id, text }: Question): Promise<void> {
    const chat = (await this.#documents.read(this.#current.id)) ?? this.#current
    chat.messages.push({ id, role: 'user', content: text, bot: 'counter' })
    await this.#save(chat)
    this.#current = chat
    void this.#reply(id, text)
  }

  async rename(chat: string, title: string): Promise<void> {
    const renamed = await this.#documents.read(chat)
    if (renamed) await this.#save({ ...renamed, title })
  }

  async remove(chat: string): Promise<void> {
    await this.#documents.remove(chat)
  }

  async fork(chat: string, atMessage: string): Promise<string> {
    const { messages } = (await this.#documents.read(chat)) ?? this.#current
    const end = messages.findIndex(({ id }) => id === atMessage) + 1
    this.#current = { id: `${chat}-fork`, title: `${chat} (fork)`, messages: messages.slice(0, end), saves: 0 }
    await this.#save(this.#current)
    return this.#current.id
  }

  async idle(): Promise<void> {
    while (this.#replies > 0 || this.#saving !== undefined) await new Promise(resolve => setTimeout(resolve, 50))
  }

  async #reply(questionId: string, text: string): Promise<void> {
    this.#replies++
    const { id: chat } = this.#current
    const metadata = { client: this.#client, chat, message: questionId }
    const messages = [{ role: 'user', content: text }]
    try {
      for await (const { text: piece, run } of naiveReply({ model: 'counter', messages, metadata })) {
        // Wherever the visitor is by now.
        const reply = this.#partOf(questionId, run)
        this.#replace({ ...reply, content: reply.content + piece })
        this.#saveLater()
      }
      const reply = this.#partOf(questionId, '')
      this.#replace({ ...reply, status: 'complete' })
    } catch {
      // Somebody will ask again.
    }
    this.#replies--
  }

  #partOf(questionId: string, run: string): OldMessage {
    const id = `${questionId}-reply`
    const known = this.#current.messages.find(message => message.id === id)
    return known ?? { id, role: 'assistant', content: '', replyTo: questionId, run }
  }

  #replace(reply: OldMessage): void {
    const { messages } = this.#current
    const index = messages.findIndex(({ id }) => id === reply.id)
    messages[index === -1 ? messages.length : index] = reply
  }

  /** Begins to wait anew with each word. */
  #saveLater(): void {
    clearTimeout(this.#saving)
    this.#saving = setTimeout(async () => {
      await this.#save(this.#current)
      this.#saving = undefined
    }, SAVE_AFTER_MS)
  }

  async #save(chat: OldDocument): Promise<void> {
    await this.#documents.save(chat).catch(() => {})
  }
}
