import { type AcquireOptions, isLockError, type LockGuard, Mutex } from '../src/index.ts'

interface HeldMutex {
  readonly mutex: Mutex
  readonly guard: LockGuard
  readonly log: string[]
  enter(name: string, options?: AcquireOptions): Promise<void>
}

/** A mutex that is held, and the log of what happens to those who wait. */
export async function heldMutex(): Promise<HeldMutex> {
  const mutex = new Mutex()
  const guard = await mutex.acquire()
  const log: string[] = []
  const enter = (name: string, options?: AcquireOptions) =>
    mutex
      .runExclusive(() => void log.push(name), options)
      .catch(error => void log.push(`${name}: ${isLockError(error) ? error.code : error}`))
  return { mutex, guard, log, enter }
}
