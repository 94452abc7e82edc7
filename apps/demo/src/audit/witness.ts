/**
 * What the visitor did, written down before anything else happens with it and apart from what it is to prove: one entry
 * of `localStorage` for each message sent, so that tabs do not overwrite each other.
 */
export interface Sent {
  readonly id: string
  readonly chat: string
  /** The text, or what stands for a long one: see `gistOf`. */
  readonly text: string
  /** The page was told that the message is stored: from now on it counts as lost when it is not there. */
  readonly acknowledged?: boolean
  /** The tab that sent it: until it is stored, it is there alone. */
  readonly tab?: string
}

const LONGEST = 200

/** A short text itself; of a long one its beginning, its length and a hash, for `localStorage` is small. */
export function gistOf(text: string): string {
  if (text.length <= LONGEST) return text
  let hash = 5381
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 33) ^ text.charCodeAt(index)) >>> 0
  return `${text.slice(0, LONGEST)}… ${text.length} ${hash}`
}

const SENT = 'squall.sent.'
const DELETED = 'squall.deleted.'
const WITHDRAWN = 'squall.withdrawn.'

export class Witness {
  readonly #storage: Storage
  readonly #tab: string
  /** Whether a tab still lives. */
  readonly isOpen: (tab: string) => boolean

  constructor(storage: Storage, tab: string, isOpen: (tab: string) => boolean) {
    this.#storage = storage
    this.#tab = tab
    this.isOpen = isOpen
  }

  sent(message: Sent): void {
    const note = { ...message, text: gistOf(message.text), tab: this.#tab }
    try {
      this.#storage.setItem(SENT + message.id, JSON.stringify(note))
    } catch {
      // No room for notes: the message is sent all the same, and not counted.
    }
  }

  acknowledged(message: Sent): void {
    this.sent({ ...message, acknowledged: true })
  }

  /** A chat that was deleted on purpose is not missing. */
  deleted(chat: string): void {
    this.#storage.setItem(DELETED + chat, '1')
  }

  restored(chat: string): void {
    this.#storage.removeItem(DELETED + chat)
  }

  isDeleted(chat: string): boolean {
    return this.#storage.getItem(DELETED + chat) !== null
  }

  /** A message taken back on purpose, its reply with it, is not missing either. */
  withdrawn(message: string): void {
    this.#storage.setItem(WITHDRAWN + message, '1')
  }

  isWithdrawn(message: string): boolean {
    return this.#storage.getItem(WITHDRAWN + message) !== null
  }

  /** Every message that was sent and not taken back, to a chat that was not deleted. */
  all(): Sent[] {
    return Object.keys(this.#storage)
      .filter(key => key.startsWith(SENT))
      .map(key => JSON.parse(this.#storage.getItem(key) ?? '{}') as Sent)
      .filter(({ id, chat }) => !this.isDeleted(chat) && !this.isWithdrawn(id))
  }
}
