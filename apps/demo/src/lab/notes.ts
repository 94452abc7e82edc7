import type { Testimony } from '../audit/auditor.ts'
import type { Sent } from '../audit/witness.ts'

/** What was done on a stage, as whoever did it wrote it down. */
export class Notes implements Testimony {
  isOver = false
  readonly #sent = new Map<string, Sent>()
  readonly #titles = new Map<string, string>()
  readonly #deleted = new Set<string>()
  readonly #inherited = new Map<string, readonly string[]>()

  sent(message: Sent): void {
    this.#sent.set(message.id, message)
  }

  acknowledged(id: string): void {
    const message = this.#sent.get(id)
    if (message) this.#sent.set(id, { ...message, acknowledged: true })
  }

  renamed(chat: string, title: string): void {
    this.#titles.set(chat, title)
  }

  deleted(chat: string): void {
    this.#deleted.add(chat)
  }

  inherited(chat: string, messages: readonly string[]): void {
    this.#inherited.set(chat, messages)
  }

  all(): readonly Sent[] {
    return [...this.#sent.values()].filter(({ chat }) => !this.isDeleted(chat))
  }

  isDeleted(chat: string): boolean {
    return this.#deleted.has(chat)
  }

  isInherited(chat: string, message: string): boolean {
    return this.#inherited.get(chat)?.includes(message) ?? false
  }

  get titles(): ReadonlyMap<string, string> {
    return this.#titles
  }
}
