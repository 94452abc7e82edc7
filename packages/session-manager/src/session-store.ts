/** How far a message has come. Absent on a message that was appended whole. */
export type MessageStatus = 'streaming' | 'complete' | 'interrupted' | 'failed'

/** A message as it is stored: the caller's own shape, with an `id` and, when it was streamed, a `status`. */
export type StoredMessage<Message extends object = object> = Readonly<Message> & {
  readonly id: string
  readonly status?: MessageStatus
}

/** A message on its way in: it may bring its id, also when the caller's own shape has none. */
export type NewMessage<Message extends object = object> =
  | Readonly<Message>
  | (Readonly<Message> & { readonly id?: string })

/** Who chose the title: nobody yet, the first user message, or the user. The user's is never overwritten. */
export type TitleSource = 'default' | 'auto' | 'user'

/** What a list shows of a session; reading it loads no message. */
export interface SessionSummary<Metadata extends object = object> {
  readonly id: string
  readonly version: number
  readonly title: string
  readonly titleSource: TitleSource
  readonly metadata: Readonly<Metadata>
  /** Epoch milliseconds. */
  readonly createdAt: number
  /** Epoch milliseconds of the last commit; never goes back. */
  readonly updatedAt: number
  readonly archived: boolean
  /** How many `migrations` of the app it has been through; absent: none. */
  readonly schemaVersion?: number
  /** Epoch milliseconds; present when the session is deleted and can be restored. */
  readonly deletedAt?: number
  readonly messageCount: number
}

/** A whole session as a store returns it. */
export interface StoredSession<Message extends object = object, Metadata extends object = object>
  extends Omit<SessionSummary<Metadata>, 'messageCount'> {
  readonly messages: readonly StoredMessage<Message>[]
}

/** What a `create` change carries: a session that has no version yet. */
export type NewSession = Omit<StoredSession, 'version'> & { readonly version?: number }

/**
 * One step in the life of a session. Changes are plain data: a store applies
 * them by row, `SessionRecord` applies them in memory, and both end the same.
 */
export type Change =
  | { readonly type: 'create'; readonly session: NewSession }
  /** A message whose id is already there is left as it is. */
  | { readonly type: 'append'; readonly messages: readonly StoredMessage[] }
  | { readonly type: 'replace'; readonly message: StoredMessage }
  | { readonly type: 'remove'; readonly messageId: string }
  /** Removes every message after the named one; all of them for `null`. */
  | { readonly type: 'truncate'; readonly afterMessageId: string | null }
  /** Piece `n` (from 0) of a streamed message: text that goes to the end of its `content`. */
  | { readonly type: 'delta'; readonly messageId: string; readonly n: number; readonly delta: string }
  | ({ readonly type: 'set' } & SessionFields)
  | { readonly type: 'purge' }

/** The fields that a `set` change may name; a field that is absent stays. */
export interface SessionFields {
  readonly title?: string
  readonly titleSource?: TitleSource
  readonly metadata?: object
  readonly archived?: boolean
  readonly schemaVersion?: number
  /** `null` restores. */
  readonly deletedAt?: number | null
}

/** One atomic step of a session from a version to the next. */
export interface Commit {
  /** The version that the changes were made on; `null`: the session must not exist yet. */
  readonly expectedVersion: number | null
  /** The same id is applied once; a repeat returns the version that the first one made. */
  readonly operationId: string
  /** Present on writes of a turn; refused when a later turn was granted. */
  readonly fencingToken?: bigint | undefined
  readonly changes: readonly Change[]
  /**
   * The changes are right on any later version too: a store may put them on the latest instead of refusing them, as
   * long as the session is there and not deleted. The answer's version tells.
   */
  readonly onLatest?: boolean
  /** That of the session; `onLatest` does not hold where another app has changed it. */
  readonly schemaVersion?: number
}

/** A store's answer to a commit. */
export interface CommitAnswer {
  readonly version: number
  /** Whether the operation had been applied before, maybe with other changes. Absent: whoever named it has to look. */
  readonly isRepeat?: boolean
  /** The session's, as a list would show it. Absent: whoever asks takes the time of the answer. */
  readonly updatedAt?: number
}

/** What a store lists, newest first unless `order` says otherwise. */
export interface ListQuery {
  /** Page size, 1 or more. */
  readonly limit: number
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined
  /** By `updatedAt`. @defaultValue 'desc' */
  readonly order?: 'asc' | 'desc'
  /** Absent: archived or not. */
  readonly archived?: boolean
  /** @defaultValue false */
  readonly deleted?: boolean
  /** Case-insensitive; looked for in the title and in every text of the messages. */
  readonly text?: string
}

/** One page of a list. */
export interface SessionPage<Metadata extends object = object> {
  readonly sessions: readonly SessionSummary<Metadata>[]
  /** Present when there may be more. */
  readonly nextCursor?: string | undefined
}

/** A request for the turn of a session. */
export interface TurnClaim {
  /** Unique to one turn; claiming again as the same owner returns the same token. */
  readonly owner: string
  /** How long the lease counts as alive after its last renewal, by the clock of whoever waits. */
  readonly ttlMs: number
  /** Take it from whoever holds it; the former holder's commits are refused from now on. */
  readonly force?: boolean
}

/** The answer to a claim: a token greater than every one before, or who has the turn. */
export type TurnClaimResult = { readonly fencingToken: bigint } | { readonly heldBy: string; readonly renewals: number }

/** Says that a session has a new version; a hint that may be lost. */
export interface StoreNotice {
  readonly id: string
  readonly version: number
  /** What led to this version from the one before: whoever has that one needs not load. */
  readonly changes?: readonly Change[]
}

/** What every store operation takes. */
export interface StoreOptions {
  readonly signal?: AbortSignal | undefined
}

/**
 * Where sessions are kept. A store is right when it passes `testSessionStore`
 * of `@x/session-manager/testing`. Every method settles, whatever the engine does.
 */
export interface SessionStore {
  /** Keeps the locks of one store apart from those of another. */
  readonly name?: string
  /** True when only those who share this page's or process's locks can reach it. @defaultValue false */
  readonly local?: boolean
  /** The session, deleted ones included, or `undefined`. */
  load(id: string, options?: StoreOptions): Promise<StoredSession | undefined>
  /**
   * All changes or none.
   *
   * @throws {@link VersionConflictError} when the session is not at `expectedVersion`.
   * @throws {@link SessionBusyError} when a later turn than that of `fencingToken` was granted.
   * @throws {@link StoreError} when the engine cannot: the commit may be repeated as it is.
   */
  commit(id: string, commit: Commit, options?: StoreOptions): Promise<CommitAnswer>
  /**
   * What has led from `version` to the latest: the changes of each version between, in order. `undefined` when the
   * store does not know that, or not any more; then the session is loaded. It keeps an append among many writers
   * as cheap in a long session as in a short one.
   */
  changesSince?(
    id: string,
    version: number,
    options?: StoreOptions,
  ): Promise<readonly (readonly Change[])[] | undefined>
  /** A page of what the query finds; it loads no messages unless there is a `text` to look for. */
  list(query: ListQuery, options?: StoreOptions): Promise<SessionPage>
  /** Gives the turn of a session, which need not exist, or tells who has it; a claim is told to all who `watch`. */
  claimTurn(id: string, claim: TurnClaim, options?: StoreOptions): Promise<TurnClaimResult>
  /** False when the turn is no longer this token's. */
  renewTurn(id: string, fencingToken: bigint, options?: StoreOptions): Promise<boolean>
  /** Ends a turn; nothing happens when it is no longer this token's. */
  releaseTurn(id: string, fencingToken: bigint, options?: StoreOptions): Promise<void>
  /** Hears of commits by others; returns its own undo. */
  watch?(listener: (notice: StoreNotice) => void): () => void
  /** Lets go of the engine; every later call rejects with a `StoreError` whose `reason` is `closed`. */
  close?(): Promise<void>
}
