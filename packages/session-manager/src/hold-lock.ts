import type { LockManagerLike } from '@x/mutex'

/** A lock that is kept until it is let go. */
export interface HeldLock {
  release(): void
}

/**
 * Takes a lock and keeps it beyond the call. `undefined` when `ifAvailable` is
 * asked for and somebody has it; rejects when the wait is aborted.
 */
export function holdLock(
  locks: LockManagerLike,
  name: string,
  options: { ifAvailable?: boolean; steal?: boolean; signal?: AbortSignal; owner?: unknown },
): Promise<HeldLock | undefined> {
  return new Promise((resolve, reject) => {
    let release = (): void => {}
    const released = new Promise<void>(done => {
      release = done
    })
    locks
      .request(name, options, lock => {
        resolve(lock === null ? undefined : { release })
        return lock === null ? undefined : released
      })
      .catch(reject) // After the grant, as when the lock is stolen, this changes nothing.
  })
}
