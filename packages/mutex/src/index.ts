export type { AcquireOptions, LockOptions } from './acquire-options.ts'
export {
  DeadlockError,
  type DeadlockLink,
  isLockError,
  LockCanceledError,
  LockError,
  LockLostError,
  LockTimeoutError,
  QueueFullError,
} from './errors.ts'
export { KeyedMutex } from './keyed-mutex.ts'
export type { LockGuard } from './lock-guard.ts'
export { type LockInfo, LockManager, type LockManagerSnapshot } from './lock-manager.ts'
export type {
  LockInfoLike,
  LockLike,
  LockManagerLike,
  LockManagerSnapshotLike,
  LockMode,
  LockRequestOptionsLike,
} from './lock-manager-like.ts'
export type { LockGrantedCallback, LockRequestOptions } from './lock-request.ts'
export { Mutex } from './mutex.ts'
export { type LockEvent, type LockObserver, observeLocks } from './observe-locks.ts'
export { ReadWriteLock, type WriteGuard } from './read-write-lock.ts'
export { Semaphore, type SemaphoreOptions } from './semaphore.ts'
