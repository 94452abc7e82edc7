import type { Change, StoredMessage } from './session-store.ts'
import { encodeTagged } from './tagged-json.ts'

/** The messages of one commit as text: made once, for their rows and for the log. */
export class MessageTexts {
  readonly #texts = new Map<StoredMessage, string>()

  of(message: StoredMessage): string {
    const text = this.#texts.get(message) ?? encodeTagged(message, 'message')
    this.#texts.set(message, text)
    return text
  }

  ofChanges(changes: readonly Change[]): string {
    return `[${changes.map(change => this.#ofChange(change)).join()}]`
  }

  #ofChange(change: Change): string {
    switch (change.type) {
      case 'append':
        return `{"type":"append","messages":[${change.messages.map(message => this.of(message)).join()}]}`
      case 'replace':
        return `{"type":"replace","message":${this.of(change.message)}}`
      default:
        return encodeTagged(change, 'change')
    }
  }
}
