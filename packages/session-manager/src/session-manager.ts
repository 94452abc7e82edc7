/// <reference lib="esnext.disposable" preserve="true" />
import type { LockManagerLike } from '@x/mutex'
import type { Limits } from './archive-beyond.ts'
import type { Clock } from './clock.ts'
import type { SessionEvent, SessionEventType, SessionStatus } from './events.ts'
import { Manager } from './manager.ts'
import type { Autosave } from './message-writer.ts'
import type { Migration } from './migrate.ts'
import type { ProcessingLock, ProcessingLockOptions } from './processing-lock.ts'
import type { Session } from './session.ts'
import type { NewMessage, SessionPage, SessionStore, SessionSummary, StoredMessage } from './session-store.ts'
import type { BusyPolicy } from './turn-lock.ts'
import type { StandardSchema } from './validate-message.ts'

/** What a manager stands on and how it behaves; every field has a default. */
export interface SessionManagerOptions<Message extends object = object, Delta = string> {
  /**
   * Where sessions are kept. It stays open when the manager is disposed: whoever made it closes it.
   * @defaultValue `memoryStore()`, which forgets them with the process
   */
  readonly store?: SessionStore | undefined
  /**
   * What keeps turns and writes apart.
   * @defaultValue `navigator.locks` in browsers, locks of this process elsewhere
   */
  readonly locks?: LockManagerLike | undefined
  /**
   * Any Standard Schema (zod, valibot, arktype) of a message. What is written goes through it, and what it makes of it
   * is stored; it has to answer at once. A streamed message does not, since it is not whole until its end. It sees the
   * `id` that a caller gives, and need not know of one that was added. Where no message type is given, it is what the
   * schema makes.
   */
  readonly schema?: StandardSchema<Message> | undefined
  /**
   * What has become of messages and metadata since the first version of the app: migration `n` brings a session from
   * schema version `n` to the next. A session is migrated when it is opened or imported, and stored so in one commit;
   * the `schema` sees what was changed. Who still runs an older app cannot write to it any more, nor open it. One
   * that cannot be migrated is not opened either, and stays as it is: `export` gives it, `delete` takes it.
   */
  readonly migrations?: readonly Migration[] | undefined
  /** Made by `archiveBeyond`. @defaultValue none */
  readonly limits?: Limits | undefined
  /** What turns do that do not say. @defaultValue 'enqueue' */
  readonly onBusy?: BusyPolicy | undefined
  /** How much streamed text a crash may cost; `false` stores it at its end and at `flush()` only. */
  readonly autosave?: Autosave | false | undefined
  /** Makes the next state of a streamed message from what `write` was given. @defaultValue text goes to the end of `content` */
  readonly applyDelta?: ((message: StoredMessage<Message>, delta: Delta) => NewMessage<Message>) | undefined
  /** Disposes the manager when aborted. */
  readonly signal?: AbortSignal | undefined
  /** Gets what a listener throws. @defaultValue `reportError`, or a process warning */
  readonly onHookError?: ((error: unknown) => void) | undefined
  readonly clock?: Clock | undefined
}

/** What a switch does when the session that is left has a turn. */
export type SwitchPolicy = 'background' | 'wait' | 'interrupt' | 'reject'

/** How to list sessions. */
export interface ListOptions {
  /** 1 to 1000. @defaultValue 50 */
  readonly limit?: number | undefined
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined
  /** By the time of the last change. @defaultValue 'desc' */
  readonly order?: 'asc' | 'desc' | undefined
  /** @defaultValue false */
  readonly archived?: boolean | undefined
}

/** How to begin a session. */
export interface SessionInit<Message extends object, Metadata extends object> {
  /** @defaultValue a UUID */
  readonly id?: string | undefined
  /** @defaultValue 'New Chat', until the first user message gives one */
  readonly title?: string | undefined
  readonly messages?: readonly NewMessage<Message>[] | undefined
  readonly metadata?: Readonly<Metadata> | undefined
}

/** `create()` takes nothing where metadata may be empty, and asks for them where a field is required. */
export type CreateArguments<Message extends object, Metadata extends object> = object extends Metadata
  ? [init?: SessionInit<Message, Metadata>]
  : [init: SessionInit<Message, Metadata> & { readonly metadata: Readonly<Metadata> }]

/** What `getSessionData` and `updateSessionData` call a session. */
export interface SessionDataLike<Message extends object> {
  readonly id: string | null
  readonly messages: readonly NewMessage<Message>[]
}

/** A frozen picture of a manager; the same object until something changes. */
export interface ManagerSnapshot<Message extends object, Metadata extends object, Delta = string> {
  readonly current: Session<Message, Metadata, Delta> | undefined
  /** Of the last `list`, kept up to date. */
  readonly sessions: readonly SessionSummary<Metadata>[]
  /** The worst of all open sessions. */
  readonly status: Exclude<SessionStatus, 'error'>
}

/** Sessions, one of them current, in a store. */
export interface SessionManager<Message extends object = object, Metadata extends object = object, Delta = string>
  extends AsyncDisposable {
  /**
   * Begins a session and makes it the current one, at once; resolves when the store has it.
   *
   * @throws {@link ValidationError} when its id is taken, or when a message or the metadata cannot be stored.
   */
  create(...init: CreateArguments<Message, Metadata>): Promise<Session<Message, Metadata, Delta>>
  /**
   * A handle of its own each time.
   *
   * @throws {@link SessionNotFoundError}
   * @throws {@link ValidationError} when a newer app has stored it, or when it cannot be migrated.
   */
  open(id: string): Promise<Session<Message, Metadata, Delta>>
  /**
   * Opens a session and makes it the current one, unless a later switch was asked for meanwhile.
   * The handle that was current stays as it is: whoever has it disposes it.
   *
   * @throws {@link SessionNotFoundError}
   * @throws {@link SessionBusyError} with `onBusy: 'reject'`, when the session that is left has a turn.
   * @throws {@link ValidationError} when a newer app has stored it, or when it cannot be migrated.
   */
  switchTo(
    id: string,
    options?: { readonly onBusy?: SwitchPolicy | undefined },
  ): Promise<Session<Message, Metadata, Delta>>
  /** The session that `create` or `switchTo` has set last; undefined once it is deleted, or its handle disposed. */
  readonly current: Session<Message, Metadata, Delta> | undefined
  /**
   * A page of sessions, without their messages. One that a newer app has not opened yet shows the title and the metadata
   * that the older app has stored, since its migration takes the messages: `schemaVersion` tells.
   *
   * @throws {@link StoreError} when the store cannot be read.
   */
  list(options?: ListOptions): Promise<SessionPage<Metadata>>
  /**
   * Looks in titles and messages, in any case; archived sessions too.
   *
   * @throws {@link StoreError} when the store cannot be read.
   */
  search(
    text: string,
    options?: { readonly limit?: number | undefined; readonly cursor?: string | undefined },
  ): Promise<SessionPage<Metadata>>
  /**
   * Gives a session the user's title, which no message changes any more.
   *
   * @throws {@link SessionNotFoundError}
   * @throws {@link ValidationError} when the title is no string.
   */
  rename(id: string, title: string): Promise<void>
  /**
   * Moves a session to those that `list({ archived: true })` shows; it is found, opened and written to as before.
   *
   * @throws {@link SessionNotFoundError}
   */
  archive(id: string): Promise<void>
  /** Moves an archived session back to those that `list()` shows. @throws {@link SessionNotFoundError} */
  unarchive(id: string): Promise<void>
  /**
   * Hides a session, ends its turn and refuses its writes, until it is restored or purged.
   *
   * @throws {@link SessionNotFoundError}
   */
  delete(id: string): Promise<void>
  /** Brings a deleted session back as it was; one that is not deleted stays so. @throws {@link SessionNotFoundError} */
  restore(id: string): Promise<void>
  /** Removes a session and all of its messages for good, also one that cannot be read. @throws {@link SessionNotFoundError} */
  purge(id: string): Promise<void>
  /**
   * A new session with the messages of another, up to and with `atMessageId`.
   *
   * @throws {@link SessionNotFoundError}
   * @throws {@link ValidationError} when there is no such message.
   */
  fork(id: string, options?: { readonly atMessageId?: string | undefined }): Promise<Session<Message, Metadata, Delta>>
  /**
   * One session, or all, as JSON Lines: as shown, with what is not stored yet. All are given without one that is
   * damaged, and while the store cannot be listed, those in memory: a line `{"unreadable":{"id","error"}}` and an event
   * `export-incomplete` name what is missing.
   *
   * @throws {@link SessionNotFoundError}
   * @throws {@link StoreError} when the session, or all, cannot be read.
   */
  export(id?: string): Promise<string>
  /**
   * Brings exported sessions back: one that does not exist is made, one that does gets the messages it lacks, at its end.
   * Messages come as they were exported, unseen by the `schema`. Resolves with the ids of the sessions; what an export
   * has named as unreadable is not among them.
   *
   * @throws {@link ValidationError} naming the line that is damaged: nothing has been imported then.
   */
  import(data: string): Promise<string[]>
  /** Resolves when everything shown is stored. @throws {@link StoreError} when the store cannot now. */
  flush(): Promise<void>
  /**
   * Takes the turn of the current session until it is released. `null`: of the session that is current, or of none.
   * It tells by its result, and rejects only with the reason of an aborted `signal`.
   *
   * @throws {@link StoreError} when the manager was disposed, before or during the wait.
   */
  acquireProcessingLock(expectedSessionId?: string | null, options?: ProcessingLockOptions): Promise<ProcessingLock>
  /** Updates the current session, which is created when there is none; throws as `update` of a session does. */
  updateSessionData(
    updater: (data: SessionDataLike<Message>) => SessionDataLike<Message> | PromiseLike<SessionDataLike<Message>>,
  ): Promise<void>
  /** The id and the messages of the current session; null and none without one. */
  getSessionData(): { readonly id: string | null; readonly messages: readonly StoredMessage<Message>[] }
  /** Hears of all sessions until the returned function is called. */
  on<Type extends SessionEventType>(type: Type, listener: (event: SessionEvent<Type>) => void): () => void
  /** Calls `listener` after each change of the snapshot; returns its undo. */
  subscribe(listener: () => void): () => void
  /** What the manager shows now, frozen, and the same object until something changes. */
  getSnapshot(): ManagerSnapshot<Message, Metadata, Delta>
  /** Empty, and the same object always. */
  getServerSnapshot(): ManagerSnapshot<Message, Metadata, Delta>
}

/**
 * Makes a manager of sessions. Nothing acknowledged is lost, a message stays in
 * the session it was started in, and a deleted session does not come back.
 *
 * @example
 * ```ts
 * import { createSessionManager } from '@x/session-manager'
 *
 * await using manager = createSessionManager<{ role: string; content: string }>()
 * const session = await manager.create()
 * await session.append({ role: 'user', content: 'Hello' })
 * session.messages.map(message => message.content) // => ['Hello']
 * ```
 */
export function createSessionManager<Message extends object = object, Metadata extends object = object, Delta = string>(
  options: SessionManagerOptions<Message, Delta> = {},
): SessionManager<Message, Metadata, Delta> {
  // The generics are a promise about what callers put in; inside, a message is an object.
  return new Manager(options as unknown as SessionManagerOptions) as unknown as SessionManager<Message, Metadata, Delta>
}
