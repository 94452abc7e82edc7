import type { LockManager, LockManagerLike } from '@x/mutex'
import { createSessionManager, type SessionManager, type SessionStore } from '../src/index.ts'
import { clock } from './hurried-manager.ts'

export interface Message {
  readonly id: string
  readonly content: string
}
export type Count = { readonly count: number }
type Manager = SessionManager<Message, Count>

/** A tab: its manager, and how it ends from one moment to the next. */
export interface Tab {
  readonly manager: Manager
  /** Nothing it does reaches the store any more, and its locks are free. */
  crash(): void
}

export function openTab(store: SessionStore, locks: LockManager): Tab {
  let crash = (): void => {}
  let isDead = false
  const crashed = new Promise<never>((_, reject) => {
    crash = () => {
      isDead = true
      reject(new Error('crashed'))
    }
  })
  crashed.catch(() => {})
  const never = new Promise<never>(() => {})
  const alive = <Args extends unknown[], T>(fn: (...args: Args) => Promise<T>) => {
    return async (...args: Args): Promise<T> => {
      if (isDead) return never
      const result = await fn(...args).then(
        value => () => value,
        error => () => {
          throw error
        },
      )
      return isDead ? never : result()
    }
  }
  const ownStore: SessionStore = {
    local: true,
    load: alive((...args) => store.load(...args)),
    list: alive((...args) => store.list(...args)),
    ...(store.changesSince && { changesSince: alive(async (...args) => store.changesSince?.(...args)) }),
    commit: alive((...args) => store.commit(...args)),
    claimTurn: alive((...args) => store.claimTurn(...args)),
    renewTurn: alive((...args) => store.renewTurn(...args)),
    releaseTurn: alive((...args) => store.releaseTurn(...args)),
    watch: listener => store.watch?.(notice => isDead || listener(notice)) ?? (() => {}),
  }
  const ownLocks = {
    request: (name: string, options: object, fn: (lock: unknown) => unknown) =>
      locks.request(name, options, lock => Promise.race([fn(lock), crashed])),
    query: () => locks.query(),
  } as unknown as LockManagerLike
  const manager = createSessionManager<Message, Count>({
    store: ownStore,
    locks: ownLocks,
    clock,
    autosave: { delayMs: 0 },
  })
  return { manager, crash }
}
