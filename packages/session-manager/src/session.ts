/// <reference lib="esnext.disposable" preserve="true" />
import type { SessionEvent, SessionEventType, SessionStatus } from './events.ts'
import type { MessageWriter } from './message-writer.ts'
import type { NewMessage, StoredMessage } from './session-store.ts'
import type { TurnOptions } from './turn-lock.ts'

/** What a session holds, as a recipe gets it and as one `getSnapshot` shows it. */
export interface SessionContent<Message extends object, Metadata extends object> {
  readonly messages: readonly StoredMessage<Message>[]
  readonly title: string
  readonly metadata: Readonly<Metadata>
}

/** A frozen picture of a session; the same object until something changes. */
export interface SessionSnapshot<Message extends object, Metadata extends object>
  extends SessionContent<Message, Metadata> {
  readonly status: SessionStatus
  readonly version: number
}

/** What a recipe returns: messages may lack an id, and what is left out stays. */
export interface NextContent<Message extends object, Metadata extends object> {
  readonly messages?: readonly NewMessage<Message>[] | undefined
  readonly title?: string | undefined
  readonly metadata?: Readonly<Metadata> | undefined
}

/** What `turn` gives to its function. */
export interface TurnContext<Message extends object, Metadata extends object, Delta = string> {
  /** Aborted when the turn is to end: interrupted by another one, or taken over. */
  readonly signal: AbortSignal
  /** The same session; its writes carry the fencing token, so they are refused once the turn is lost. */
  readonly session: Session<Message, Metadata, Delta>
  /** Greater than that of every turn before; 0 while the store cannot record turns. */
  readonly fencingToken: bigint
}

/**
 * One conversation or document. Several handles of the same session share one state.
 *
 * Each write shows at once and resolves when the store has it. It rejects only
 * when it can never be stored, and then `messages` is without it. While the
 * store cannot, the write waits in memory and `status` is `unsaved`.
 */
export interface Session<Message extends object = object, Metadata extends object = object, Delta = string>
  extends AsyncDisposable {
  /** The session's own, the same for ever. */
  readonly id: string
  /** Of the state that the store has confirmed. */
  readonly version: number
  /** Deep-frozen; the same array until a message changes. */
  readonly messages: readonly StoredMessage<Message>[]
  /** As shown: the user's, else made from the first user message, else 'New Chat'. */
  readonly title: string
  /** The app's own data on the session, deep-frozen; `update` changes them. */
  readonly metadata: Readonly<Metadata>
  /** Whether what is shown is in the store: `saved`, `saving`, `unsaved`, `conflict` or `error`. */
  readonly status: SessionStatus

  /**
   * Adds messages at the end. A message whose id is there already is not added again, and an operation id makes
   * the whole call repeatable.
   *
   * @throws {@link ValidationError} when a message is none that can be stored.
   * @throws {@link SessionNotFoundError} when the session was deleted.
   */
  append(
    messages: NewMessage<Message> | readonly NewMessage<Message>[],
    options?: { readonly operationId?: string | undefined },
  ): Promise<StoredMessage<Message>[]>
  /**
   * Changes a message: by what to put over it, or by a function that makes the next one.
   *
   * @throws {@link ValidationError} when there is no such message, or the changed one cannot be stored.
   * @throws {@link SessionNotFoundError} when the session was deleted.
   */
  edit(
    messageId: string,
    change: Partial<Message> | ((message: StoredMessage<Message>) => NewMessage<Message>),
  ): Promise<StoredMessage<Message>>
  /**
   * Takes a message out; one that is not there stays so.
   *
   * @throws {@link SessionNotFoundError} when the session was deleted.
   */
  remove(messageId: string): Promise<void>
  /**
   * Takes out all messages after this one.
   *
   * @throws {@link ValidationError} when there is no such message.
   * @throws {@link SessionNotFoundError} when the session was deleted.
   */
  truncateAfter(messageId: string): Promise<void>
  /**
   * Replaces the content by what `recipe` makes of it. When somebody else has written meanwhile, the recipe is
   * run again on the new content; after three times it runs while others wait, for two seconds at most.
   *
   * @throws {@link SessionNotFoundError} when the session was deleted.
   * @throws {@link VersionConflictError} when `expectedVersion` is not, or no longer, the session's version.
   * @throws {@link ValidationError} when what it returns cannot be stored, or when writes of its own manager overtook
   * it three times even then, as when the recipe waits for one itself.
   */
  update(
    recipe: (
      content: SessionContent<Message, Metadata>,
    ) => NextContent<Message, Metadata> | PromiseLike<NextContent<Message, Metadata>>,
    options?: { readonly expectedVersion?: number | undefined },
  ): Promise<void>
  /**
   * Adds a message that is written piece by piece, and survives a crash up to the last piece or so. When the
   * operation is done already, its message stays as it is: what is written again goes nowhere. With the id of an
   * `interrupted` or `failed` message it goes on where that one ended; one that another tab is writing is refused,
   * but to a turn, which comes after what that tab did in its own.
   *
   * @throws {@link ValidationError} when the id is taken.
   * @throws {@link SessionNotFoundError} when the session was deleted.
   */
  stream(
    message?: Partial<NewMessage<Message>>,
    options?: { readonly operationId?: string | undefined },
  ): Promise<MessageWriter<Message, Delta>>
  /**
   * Runs `fn` as the only turn of this session, in all tabs and processes that share the store. What `fn` does, it does on
   * the `session` it is given: a turn begun in it on another handle waits for this one to end, unless both have one `owner`.
   *
   * @throws {@link SessionBusyError} when the wait is over.
   * @throws {@link SessionNotFoundError} when the session was deleted.
   * @throws {@link StoreError} when the manager was disposed meanwhile, or the store cannot tell whose turn it is.
   */
  turn<T>(fn: (turn: TurnContext<Message, Metadata, Delta>) => T | PromiseLike<T>, options?: TurnOptions): Promise<T>
  /** Hears of this session until the returned function is called. */
  on<Type extends SessionEventType>(type: Type, listener: (event: SessionEvent<Type>) => void): () => void
  /** Calls `listener` after each change of the snapshot; returns its undo. */
  subscribe(listener: () => void): () => void
  /** What the session holds now, frozen, and the same object until something changes. */
  getSnapshot(): SessionSnapshot<Message, Metadata>
}
