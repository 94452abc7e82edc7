import type {
  Change,
  NewSession,
  SessionFields,
  SessionSummary,
  StoredMessage,
  StoredSession,
  TitleSource,
} from './session-store.ts'

const NO_METADATA: object = Object.freeze({})

/** What a session holds, frozen: what a recipe gets. */
export interface RecordContent {
  readonly messages: readonly StoredMessage[]
  readonly title: string
  readonly metadata: object
}

/**
 * A session in memory and what each change does to it: the reducer that the
 * memory store, the manager's confirmed state and its optimistic view share.
 * Nothing here waits, reads a clock or draws a random number. The messages are
 * in a `Map` by id, which keeps their order, so a change costs the same at any
 * length; the frozen list is made when somebody looks.
 */
export class SessionRecord {
  readonly id: string
  version = 0
  title = ''
  titleSource: TitleSource = 'default'
  metadata: object = NO_METADATA
  createdAt = 0
  updatedAt = 0
  archived = false
  deletedAt: number | undefined
  #messages = new Map<string, StoredMessage>()
  #list: readonly StoredMessage[] | undefined

  constructor(id: string) {
    this.id = id
  }

  static from(stored: StoredSession): SessionRecord {
    const record = new SessionRecord(stored.id)
    record.#create(stored)
    record.version = stored.version
    return record
  }

  /** Frozen, and the same array until a message changes. */
  get messages(): readonly StoredMessage[] {
    this.#list ??= Object.freeze([...this.#messages.values()])
    return this.#list
  }

  /** Keeps what was seen of `other` where this holds the same, and tells whether it all is. */
  keepSeen(other: SessionRecord): boolean {
    const seen = other.#list
    const isSame =
      seen?.length === this.messageCount && this.messages.every((message, index) => message === seen[index])
    if (isSame) this.#list = seen
    return isSame && this.title === other.title && this.metadata === other.metadata
  }

  get content(): RecordContent {
    const { messages, title, metadata } = this
    return Object.freeze({ messages, title, metadata })
  }

  get messageCount(): number {
    return this.#messages.size
  }

  message(id: string): StoredMessage | undefined {
    return this.#messages.get(id)
  }

  apply(change: Change): void {
    switch (change.type) {
      case 'create':
        this.#create(change.session)
        break
      case 'append':
        this.#append(change.messages)
        break
      case 'replace':
        if (this.#messages.has(change.message.id)) this.#put(change.message)
        break
      case 'delta': {
        const message = this.#messages.get(change.messageId)
        if (message) this.#put(appendText(message, change.delta))
        break
      }
      case 'remove':
        this.#remove([change.messageId])
        break
      case 'truncate':
        this.#truncate(change.afterMessageId)
        break
      case 'set':
        this.#set(change)
        break
      case 'purge':
        this.#truncate(null)
    }
  }

  copy(): SessionRecord {
    const copy = Object.assign(new SessionRecord(this.id), this)
    copy.#messages = new Map(this.#messages)
    copy.#list = this.#list
    return copy
  }

  toSummary(): SessionSummary {
    const { deletedAt, ...fields } = this
    return { ...fields, ...(deletedAt === undefined ? {} : { deletedAt }), messageCount: this.messageCount }
  }

  toStored(): StoredSession {
    const { messageCount, ...fields } = this.toSummary()
    return { ...fields, messages: this.messages }
  }

  #create(session: NewSession): void {
    const { title, titleSource, metadata, createdAt, updatedAt, archived, deletedAt, messages } = session
    Object.assign(this, { title, titleSource, metadata, createdAt, updatedAt, archived, deletedAt })
    this.#truncate(null)
    this.#append(messages)
  }

  #append(messages: readonly StoredMessage[]): void {
    for (const message of messages) if (!this.#messages.has(message.id)) this.#put(message)
  }

  #set({ deletedAt, title, titleSource, metadata, archived }: SessionFields): void {
    if (title !== undefined) this.title = title
    if (titleSource !== undefined) this.titleSource = titleSource
    if (metadata !== undefined) this.metadata = metadata
    if (archived !== undefined) this.archived = archived
    if (deletedAt !== undefined) this.deletedAt = deletedAt ?? undefined
  }

  #put(message: StoredMessage): void {
    this.#messages.set(message.id, message)
    this.#list = undefined
  }

  #remove(ids: Iterable<string>): void {
    for (const id of ids) if (this.#messages.delete(id)) this.#list = undefined
  }

  #truncate(afterMessageId: string | null): void {
    if (afterMessageId !== null && !this.#messages.has(afterMessageId)) return
    const ids = [...this.#messages.keys()]
    this.#remove(afterMessageId === null ? ids : ids.slice(ids.indexOf(afterMessageId) + 1))
  }
}

/** What a `delta` does: its text goes to the end of the message's `content`. */
export function appendText(message: StoredMessage, text: string): StoredMessage {
  const content = 'content' in message && typeof message.content === 'string' ? message.content : ''
  return Object.freeze({ ...message, content: content + text })
}
