/// <reference lib="esnext.disposable" preserve="true" />
import type { StoredMessage } from './session-store.ts'

/** Writes one message piece by piece. Ends with `complete`, `fail` or `abort`; leaving its scope aborts it. */
export interface MessageWriter<Message extends object = object, Delta = string> extends AsyncDisposable, Disposable {
  readonly messageId: string
  /** As it is now. */
  readonly message: StoredMessage<Message>
  /**
   * Adds to the message, which shows it at once; it is stored with the next piece of the journal.
   *
   * @throws {@link SessionNotFoundError} @throws {@link SessionBusyError} when the turn was lost
   * @throws {@link ValidationError} when the message has ended or was removed
   */
  write(delta: Delta): void
  /** Resolves when the whole message is stored. The first of the three decides; later ones get its promise. */
  complete(): Promise<StoredMessage<Message>>
  /** Keeps what was written, as `failed`. The error is not stored: what of it the user is to see goes into a message. */
  fail(error?: unknown): Promise<StoredMessage<Message>>
  /** Keeps what was written, as `interrupted`. */
  abort(): Promise<StoredMessage<Message>>
}

/** When streamed text goes to the store. */
export interface Autosave {
  /** @defaultValue 250 */
  readonly delayMs?: number | undefined
  /** @defaultValue 2048 */
  readonly maxBytes?: number | undefined
}

type ApplyDelta = (message: StoredMessage, delta: never) => object

/** How a writer works, the same for all of a manager. */
export interface WriterSettings {
  readonly autosave: { readonly delayMs: number; readonly maxBytes: number } | false
  readonly applyDelta: ApplyDelta | undefined
}
