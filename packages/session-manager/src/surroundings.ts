import type { Clock } from './clock.ts'
import type { Emitter } from './emitter.ts'
import type { LockScope } from './lock-scope.ts'
import type { Migrator } from './migrate.ts'
import type { SessionStore } from './session-store.ts'
import type { BusyPolicy } from './turn-lock.ts'
import type { Validate } from './validate-message.ts'

/** What the parts of a manager share. */
export interface Surroundings {
  readonly store: SessionStore
  readonly scope: LockScope
  readonly events: Emitter
  readonly clock: Clock
  /** Aborted when the manager is about to be disposed: nothing more is written. */
  readonly closing: AbortSignal
  /** Aborted when the manager is disposed. */
  readonly disposed: AbortSignal
  readonly validate: Validate
  readonly migrator: Migrator
  /** Of turns that do not say. */
  readonly onBusy: BusyPolicy
}
