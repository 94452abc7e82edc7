export { type ArchiveLimits, archiveBeyond, type Limits } from './archive-beyond.ts'
export type { Clock } from './clock.ts'
export {
  isSessionError,
  SessionBusyError,
  type SessionError,
  SessionNotFoundError,
  SessionSwitchedError,
  StoreError,
  type StoreFailure,
  ValidationError,
  VersionConflictError,
} from './errors.ts'
export type { SessionEvent, SessionEvents, SessionEventType, SessionStatus } from './events.ts'
export { memoryStore } from './memory-store.ts'
export type { Autosave, MessageWriter } from './message-writer.ts'
export type { Migration, OldContent } from './migrate.ts'
export type { ProcessingLock, ProcessingLockOptions } from './processing-lock.ts'
export { purgeDeleted } from './purge-deleted.ts'
export type { NextContent, Session, SessionContent, SessionSnapshot, TurnContext } from './session.ts'
export {
  type CreateArguments,
  createSessionManager,
  type ListOptions,
  type ManagerSnapshot,
  type SessionDataLike,
  type SessionInit,
  type SessionManager,
  type SessionManagerOptions,
  type SwitchPolicy,
} from './session-manager.ts'
export type {
  Change,
  Commit,
  CommitAnswer,
  ListQuery,
  MessageStatus,
  NewMessage,
  NewSession,
  SessionFields,
  SessionPage,
  SessionStore,
  SessionSummary,
  StoredMessage,
  StoredSession,
  StoreNotice,
  StoreOptions,
  TitleSource,
  TurnClaim,
  TurnClaimResult,
} from './session-store.ts'
export type { BusyPolicy, TurnOptions } from './turn-lock.ts'
export type { StandardSchema } from './validate-message.ts'
