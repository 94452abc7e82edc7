/// <reference lib="esnext.disposable" preserve="true" />
import type { MessageWriter } from './message-writer.ts'
import type { StoredMessage } from './session-store.ts'

/** The writer of an operation that is done: its message stays as it is, whatever is written again. */
export class DoneWriter implements MessageWriter {
  readonly message: StoredMessage

  constructor(message: StoredMessage) {
    this.message = message
  }

  get messageId(): string {
    return this.message.id
  }

  write(): void {}

  async complete(): Promise<StoredMessage> {
    return this.message
  }

  fail(): Promise<StoredMessage> {
    return this.complete()
  }

  abort(): Promise<StoredMessage> {
    return this.complete()
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  [Symbol.dispose](): void {}
}
