import type { SessionError } from './errors.ts'
import type { Change } from './session-store.ts'

/**
 * Where the writes of a session are: in the store (`saved`), on their way (`saving`), kept in memory because
 * the store cannot (`unsaved`), being put on top of somebody else's (`conflict`), or refused for good because
 * the session was deleted (`error`).
 */
export type SessionStatus = 'saved' | 'saving' | 'unsaved' | 'conflict' | 'error'

/** What a manager says, by type. A session's `on` hears those of its own id. */
export interface SessionEvents {
  'session-created': { readonly id: string; readonly title: string }
  'session-switched': { readonly id: string | null; readonly from: string | null }
  'session-deleted': { readonly id: string }
  'session-restored': { readonly id: string }
  'session-purged': { readonly id: string }
  /** The session has a new version: `local` when this manager wrote it. */
  'session-changed': { readonly id: string; readonly version: number; readonly origin: 'local' | 'remote' }
  'status-changed': { readonly id: string; readonly status: SessionStatus }
  /** The store has it. */
  'commit-stored': {
    readonly id: string
    readonly version: number
    readonly operationId: string
    readonly changes: readonly Change[]
    readonly durationMs: number
  }
  /** Somebody else wrote first; what is pending is put on top of it. */
  'commit-conflicted': { readonly id: string; readonly expected: number | null; readonly actual: number | null }
  /** The store could not; the commit is kept and tried again after `delayMs`. */
  'commit-failed': {
    readonly id: string
    readonly error: SessionError
    readonly attempt: number
    readonly delayMs: number
  }
  /** An export goes on without a session that cannot be read, or, where `id` is null, without what cannot be listed. */
  'export-incomplete': { readonly id: string | null; readonly error: SessionError }
  'message-interrupted': { readonly id: string; readonly messageId: string }
  /** Somebody else has the turn, here or elsewhere. */
  'turn-waiting': { readonly id: string | null; readonly owner: unknown }
  /** The wait ended without a turn: its time was over, or it was aborted or refused. */
  'turn-abandoned': { readonly id: string | null; readonly owner: unknown }
  /** `id` is null for a lock that was taken without a session. */
  'turn-started': { readonly id: string | null; readonly owner: unknown; readonly fencingToken: bigint }
  'turn-ended': { readonly id: string | null; readonly owner: unknown; readonly fencingToken: bigint }
}

/** The name of an event. */
export type SessionEventType = keyof SessionEvents

export const EVENT_TYPES: readonly string[] = [
  'session-created',
  'session-switched',
  'session-deleted',
  'session-restored',
  'session-purged',
  'session-changed',
  'status-changed',
  'commit-stored',
  'commit-conflicted',
  'commit-failed',
  'export-incomplete',
  'message-interrupted',
  'turn-waiting',
  'turn-abandoned',
  'turn-started',
  'turn-ended',
] satisfies SessionEventType[]

/** One event: its payload and its `type`, frozen. */
export type SessionEvent<Type extends SessionEventType = SessionEventType> = {
  [Each in Type]: Readonly<SessionEvents[Each]> & { readonly type: Each }
}[Type]
