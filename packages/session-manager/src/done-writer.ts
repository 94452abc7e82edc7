/// <reference lib="esnext.disposable" preserve="true" />
import type { MessageWriter } from './message-writer.ts'
import type { StoredMessage } from './session-store.ts'

/** The writer of an operation that is done: its message stays as it is, whatever is written again. */
export function doneWriter(message: StoredMessage): MessageWriter {
  const end = async (): Promise<StoredMessage> => message
  return {
    message,
    messageId: message.id,
    write() {},
    complete: end,
    fail: end,
    abort: end,
    async [Symbol.asyncDispose]() {},
    [Symbol.dispose]() {},
  }
}
