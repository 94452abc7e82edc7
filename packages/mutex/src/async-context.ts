// biome-ignore lint/correctness/noNodejsModules: the one entry for runtimes that have it: Node, Deno, Bun
import { AsyncLocalStorage } from 'node:async_hooks'
import type { AcquireOptions, LockOptions } from './acquire-options.ts'
import { principals } from './deadlock.ts'
import { KeyedMutex as PlainKeyedMutex } from './keyed-mutex.ts'
import type { LockGuard } from './lock-guard.ts'
import { LockManager as PlainLockManager } from './lock-manager.ts'
import { type LockGrantedCallback, type LockRequestOptions, readRequest } from './lock-request.ts'
import { Mutex as PlainMutex } from './mutex.ts'
import { ReadWriteLock as PlainReadWriteLock, type WriteGuard } from './read-write-lock.ts'
import { Semaphore as PlainSemaphore, type SemaphoreOptions } from './semaphore.ts'

/** The owner of the section that runs here. */
const sections: AsyncLocalStorage<unknown> = new AsyncLocalStorage()

/**
 * Runs `fn` as if no section were around it: for work that a section starts and does not wait for, and
 * that may therefore wait for the section.
 */
export function detached<T>(fn: () => T): T {
  return sections.run(undefined, fn)
}

/** The same options, inherited ones and getters too, on behalf of the section that runs here. */
function owned(lock: string, options: SemaphoreOptions & LockRequestOptions = {}): typeof options {
  // The class itself refuses what is no object.
  if (Object(options) !== options) return options
  const { signal, timeoutMs, priority, permits, mode, ifAvailable, steal, owner } = options
  return { signal, timeoutMs, priority, permits, mode, ifAvailable, steal, owner: owner ?? newSection(lock) }
}

function newSection(lock: string): object {
  const section = { name: `a section of ${lock}` }
  principals.set(section, sections.getStore())
  return section
}

/**
 * A {@link PlainMutex | Mutex} that finds its own deadlocks: what runs in a section is known by its async context,
 * so that a wait for a lock which one's own section holds, or a circle of such waits, is a `DeadlockError`.
 *
 * It takes a section to wait for what it starts: see {@link detached} for what it does not. A guard has no
 * section of its own, and belongs to the one around it.
 *
 * @example
 * ```ts
 * import { Mutex } from '@x/mutex/async-context'
 *
 * const mutex = new Mutex({ name: 'inbox' })
 * await mutex.runExclusive(() => mutex.runExclusive(() => 'never')) // throws DeadlockError
 * ```
 */
export class Mutex extends PlainMutex {
  override acquire(options?: AcquireOptions): Promise<LockGuard> {
    return super.acquire(owned(this.name, options))
  }

  override tryAcquire(options?: { readonly owner?: unknown }): LockGuard | undefined {
    return super.tryAcquire(owned(this.name, options))
  }

  override runExclusive<T>(fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    const own = owned(this.name, options)
    return super.runExclusive(() => sections.run(own.owner, fn), own)
  }

  override waitForUnlock(options?: AcquireOptions): Promise<void> {
    return super.waitForUnlock(owned(this.name, options))
  }
}

/** A {@link PlainSemaphore | Semaphore} whose sections are known by their async context: see {@link Mutex}. */
export class Semaphore extends PlainSemaphore {
  override acquire(options?: SemaphoreOptions): Promise<LockGuard> {
    return super.acquire(owned(this.name, options))
  }

  override tryAcquire(options?: {
    readonly permits?: number | undefined
    readonly owner?: unknown
  }): LockGuard | undefined {
    return super.tryAcquire(owned(this.name, options))
  }

  override run<T>(fn: () => T | PromiseLike<T>, options?: SemaphoreOptions): Promise<T> {
    const own = owned(this.name, options)
    return super.run(() => sections.run(own.owner, fn), own)
  }
}

/** A {@link PlainReadWriteLock | ReadWriteLock} whose sections are known by their async context: see {@link Mutex}. */
export class ReadWriteLock extends PlainReadWriteLock {
  override acquireRead(options?: AcquireOptions): Promise<LockGuard> {
    return super.acquireRead(owned(this.name, options))
  }

  override acquireWrite(options?: AcquireOptions): Promise<WriteGuard> {
    return super.acquireWrite(owned(this.name, options))
  }

  override tryAcquireRead(options?: { readonly owner?: unknown }): LockGuard | undefined {
    return super.tryAcquireRead(owned(this.name, options))
  }

  override tryAcquireWrite(options?: { readonly owner?: unknown }): WriteGuard | undefined {
    return super.tryAcquireWrite(owned(this.name, options))
  }

  override runRead<T>(fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    const own = owned(this.name, options)
    return super.runRead(() => sections.run(own.owner, fn), own)
  }

  override runWrite<T>(fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    const own = owned(this.name, options)
    return super.runWrite(() => sections.run(own.owner, fn), own)
  }
}

/** A {@link PlainKeyedMutex | KeyedMutex} whose sections are known by their async context: see {@link Mutex}. */
export class KeyedMutex<Key = unknown> extends PlainKeyedMutex<Key> {
  readonly #name: string

  constructor(options: LockOptions = {}) {
    super(options)
    this.#name = options.name ?? 'keyed mutex'
  }

  override acquireAll(keys: Iterable<Key>, options?: AcquireOptions): Promise<LockGuard> {
    return super.acquireAll(keys, owned(this.#name, options))
  }

  override tryAcquire(key: Key, options?: { readonly owner?: unknown }): LockGuard | undefined {
    return super.tryAcquire(key, owned(this.#name, options))
  }

  override runExclusiveAll<T>(keys: Iterable<Key>, fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    const own = owned(this.#name, options)
    return super.runExclusiveAll(keys, () => sections.run(own.owner, fn), own)
  }
}

/** A {@link PlainLockManager | LockManager} whose callbacks are known by their async context: see {@link Mutex}. */
export class LockManager extends PlainLockManager {
  override request<T>(name: string, callback: LockGrantedCallback<T>): Promise<Awaited<T>>
  override request<T>(name: string, options: LockRequestOptions, callback: LockGrantedCallback<T>): Promise<Awaited<T>>
  override async request<T>(...args: unknown[]): Promise<Awaited<T>> {
    const { name, callback } = readRequest<T>(args)
    const own = owned(name, args.length > 2 ? ((args[1] ?? {}) as LockRequestOptions) : undefined)
    return await super.request(name, own, lock => sections.run(own.owner, () => callback(lock)))
  }
}
