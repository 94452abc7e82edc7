import { type DebugLocksOptions, debugLocks } from './debug.ts'
import {
  type AcquireOptions,
  isLockError,
  type LockGuard,
  LockManager,
  type LockManagerLike,
  type LockObserver,
  type LockOptions,
  type LockRequestOptions,
  Mutex,
  observeLocks,
  Semaphore,
  type SemaphoreOptions,
} from './index.ts'

const mutex = new Mutex()

// What fn gives is what the caller gets, promised once.
export const plain: Promise<number> = mutex.runExclusive(() => 1)
export const promised: Promise<number> = mutex.runExclusive(async () => 1)
export const guard: Promise<LockGuard> = mutex.acquire({ signal: new AbortController().signal, timeoutMs: 1 })
export const maybe: LockGuard | undefined = mutex.tryAcquire({ owner: {} })

// @ts-expect-error options come as one object
void mutex.acquire(1000)
// @ts-expect-error a wait is bounded by timeoutMs
void mutex.acquire({ timeout: 1000 })
// @ts-expect-error nobody frees another's lock
mutex.release()
// @ts-expect-error tryAcquire does not wait
mutex.tryAcquire({ timeoutMs: 1 })
// @ts-expect-error the number of waiters is a fact
mutex.pending = 1

// Both are lock managers.
export const managers: LockManagerLike[] = [new LockManager(), navigator.locks]
export const body: Promise<string> = new LockManager().request('a', async () => 'text')
export const mode: Promise<'exclusive' | 'shared' | undefined> = new LockManager().request('a', lock => lock?.mode)

// @ts-expect-error a mode is one of two
void new LockManager().request('a', { mode: 'write' }, () => {})
// @ts-expect-error a request calls back
void new LockManager().request('a')

// The code of an error tells which one it is.
export function circle(error: unknown): number {
  return isLockError(error) && error.code === 'DEADLOCK' ? error.cycle.length : 0
}

// An option that is given as `undefined` is one that is not given.
type Undefined<Options> = Record<keyof Options, undefined>
declare const none: Undefined<AcquireOptions>
void new Mutex(none as unknown as Undefined<LockOptions>).acquire(none)
void new Semaphore(1).acquire(none as Undefined<SemaphoreOptions>)
void new LockManager().request('a', none as unknown as Undefined<LockRequestOptions>, () => {})
observeLocks(none as unknown as Undefined<LockObserver>)
debugLocks(none as unknown as Undefined<DebugLocksOptions>)
declare const options: AcquireOptions
// @ts-expect-error options are read-only
options.timeoutMs = 1
