import { isLockError, type LockGuard, LockManager, type LockManagerLike, Mutex } from './index.ts'

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
