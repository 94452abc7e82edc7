import type { Change, NewSession, SessionSummary, StoredMessage, StoredSession, TitleSource } from './session-store.ts'

const NO_METADATA: object = /* @__PURE__ */ Object.freeze({})

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
 * in a `Map` by id, which keeps their order, and a draft holds only what differs
 * from the record below it; so a change costs the same at any length. The frozen
 * list is made when somebody looks.
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
  schemaVersion = 0
  deletedAt: number | undefined
  /** Of a draft: the record that it is made on, which stays as it is as long as the draft is in use. */
  readonly #base: SessionRecord | undefined
  readonly #added = new Map<string, StoredMessage>()
  /** Messages of the base as they are here; `undefined` when they were taken out. */
  readonly #changed = new Map<string, StoredMessage | undefined>()
  readonly #streaming = new Set<string>()
  #list: readonly StoredMessage[] | undefined
  messageCount = 0

  constructor(id: string, base?: SessionRecord) {
    this.id = id
    this.#base = base
    if (base) Object.assign(this, base)
  }

  static from(stored: StoredSession): SessionRecord {
    const record = new SessionRecord(stored.id)
    record.#create(stored)
    record.version = stored.version
    return record
  }

  /** A record that begins as this one and can be thrown away. */
  draft(): SessionRecord {
    return new SessionRecord(this.id, this)
  }

  /** Frozen, and the same array until a message changes. */
  get messages(): readonly StoredMessage[] {
    this.#list ??= Object.freeze([...this.#kept(), ...this.#added.values()])
    return this.#list
  }

  /** Shows the list that `other` has shown: it is known to hold the same. */
  keepList(other: SessionRecord): void {
    this.#list = other.#list
  }

  /** Keeps what was seen of `other` where this holds the same, and tells whether it all is. */
  keepSeen(other: SessionRecord): boolean {
    const seen = other.#list
    const isSame =
      seen?.length === this.messageCount && this.messages.every((message, index) => message === seen[index])
    if (isSame) this.#list = seen
    return isSame && this.title === other.title && this.metadata === other.metadata
  }

  /** The messages under way, of a record that is no draft. */
  get streaming(): readonly StoredMessage[] {
    return [...this.#streaming].flatMap(id => this.message(id) ?? [])
  }

  get content(): RecordContent {
    const { messages, title, metadata } = this
    return Object.freeze({ messages, title, metadata })
  }

  message(id: string): StoredMessage | undefined {
    return this.#added.get(id) ?? (this.#changed.has(id) ? this.#changed.get(id) : this.#base?.message(id))
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
        if (this.message(change.message.id)) this.#put(change.message)
        break
      case 'delta': {
        const message = this.message(change.messageId)
        if (message) this.#put(appendText(message, change.delta))
        break
      }
      case 'remove':
        this.#remove(change.messageId)
        break
      case 'truncate':
        this.#truncate(change.afterMessageId)
        break
      case 'set':
        Object.assign(this, { deletedAt: undefined }, setFields({ deletedAt: this.deletedAt }, change))
        break
      case 'purge':
        this.#truncate(null)
    }
  }

  toSummary(): SessionSummary {
    const { deletedAt, schemaVersion, ...fields } = this
    return {
      ...fields,
      ...(deletedAt === undefined ? {} : { deletedAt }),
      ...(schemaVersion === 0 ? {} : { schemaVersion }),
    }
  }

  toStored(): StoredSession {
    const { messageCount, ...fields } = this.toSummary()
    return { ...fields, messages: this.messages }
  }

  #create(session: NewSession): void {
    const { messages, version, ...fields } = session
    this.#truncate(null)
    Object.assign(this, { schemaVersion: 0, deletedAt: undefined }, fields, { messageCount: 0 })
    this.#append(messages)
  }

  #append(messages: readonly StoredMessage[]): void {
    for (const message of messages) if (!this.message(message.id)) this.#put(message)
  }

  /** The messages of the base that are still there. */
  #kept(): readonly StoredMessage[] {
    const below = this.#base?.messages ?? []
    const changed = this.#changed
    if (changed.size === 0) return below
    return below.flatMap(message => (changed.has(message.id) ? (changed.get(message.id) ?? []) : message))
  }

  #put(message: StoredMessage): void {
    const { id } = message
    const before = this.message(id)
    if (!before) this.messageCount++
    if (message.status === 'streaming') this.#streaming.add(id)
    else this.#streaming.delete(id)
    // One that was taken out comes back at the end.
    if (!before || this.#added.has(id)) this.#added.set(id, message)
    else this.#changed.set(id, message)
    this.#list = undefined
  }

  #remove(id: string): void {
    if (!this.message(id)) return
    if (!this.#added.delete(id)) this.#changed.set(id, undefined)
    this.messageCount--
    this.#streaming.delete(id)
    this.#list = undefined
  }

  #truncate(afterMessageId: string | null): void {
    if (afterMessageId !== null && !this.message(afterMessageId)) return
    const ids = this.messages.map(message => message.id)
    for (const id of afterMessageId === null ? ids : ids.slice(ids.indexOf(afterMessageId) + 1)) this.#remove(id)
  }
}

/** What a `set` does to the fields of a session. */
export function setFields<Fields extends { readonly deletedAt?: number | undefined }>(
  { deletedAt: before, ...fields }: Fields,
  { type, deletedAt = before, ...set }: Change & { readonly type: 'set' },
): Fields {
  return { ...fields, ...set, ...(typeof deletedAt === 'number' ? { deletedAt } : {}) } as Fields
}

/** What a `delta` does: its text goes to the end of the message's `content`. */
export function appendText(message: StoredMessage, text: string): StoredMessage {
  const content = 'content' in message && typeof message.content === 'string' ? message.content : ''
  return Object.freeze({ ...message, content: content + text })
}
