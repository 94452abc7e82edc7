import { AsyncMutex as EsfxMutex } from '@esfx/async-mutex'
import { AsyncQueuer } from '@tanstack/pacer'
import { Mutex } from '@x/mutex'
import AsyncLock from 'async-lock'
import { Mutex as AsyncMutex } from 'async-mutex'
import { Sema } from 'async-sema'
import AwaitLock from 'await-lock'
import { bulkhead } from 'cockatiel'
import { Effect, Semaphore } from 'effect'
import { Mutex as ToolkitMutex } from 'es-toolkit'
import pLimit from 'p-limit'
import PMutex from 'p-mutex'
import PQueue from 'p-queue'

export type RunExclusive = (fn: () => Promise<void>) => Promise<unknown>

export const OURS = '@x/mutex'

export function ours(): RunExclusive {
  const mutex = new Mutex()
  return fn => mutex.runExclusive(fn)
}

/** One exclusive section of each library, on a new lock. */
export const locks: Readonly<Record<string, () => RunExclusive>> = {
  [OURS]: ours,
  'async-mutex'() {
    const mutex = new AsyncMutex()
    return fn => mutex.runExclusive(fn)
  },
  'async-lock'() {
    const lock = new AsyncLock({ maxPending: Number.POSITIVE_INFINITY })
    return fn => lock.acquire('key', fn)
  },
  'p-limit(1)'() {
    return pLimit(1)
  },
  'p-mutex'() {
    const mutex = new PMutex()
    return fn => mutex.withLock(fn)
  },
  'p-queue(1)'() {
    const queue = new PQueue({ concurrency: 1 })
    return fn => queue.add(fn)
  },
  'cockatiel bulkhead(1)'() {
    const policy = bulkhead(1, Number.POSITIVE_INFINITY)
    return fn => policy.execute(fn)
  },
  'es-toolkit'() {
    const mutex = new ToolkitMutex()
    return section(
      () => mutex.acquire(),
      () => mutex.release(),
    )
  },
  'async-sema(1)'() {
    const sema = new Sema(1)
    return section(
      () => sema.acquire(),
      () => sema.release(),
    )
  },
  '@esfx/async-mutex'() {
    const mutex = new EsfxMutex()
    return section(
      () => mutex.lock(),
      () => mutex.unlock(),
    )
  },
  'await-lock'() {
    const lock = new AwaitLock()
    return section(
      () => lock.acquireAsync(),
      () => lock.release(),
    )
  },
}

/** Peers that take from 10 to 1,000 times as long for 1,000 waiters, or grow with the square of them: measured in short. */
export const slowLocks: typeof locks = {
  'effect Semaphore(1)'() {
    const semaphore = Semaphore.makeUnsafe(1)
    return fn => Effect.runPromise(semaphore.withPermits(1)(Effect.promise(fn)))
  },
  '@tanstack/pacer AsyncQueuer'() {
    const queuer = new AsyncQueuer<() => Promise<void>>(item => item(), { concurrency: 1 })
    return fn => new Promise((resolve, reject) => queuer.addItem(() => fn().then(resolve, reject)))
  },
  ...(globalThis.navigator?.locks && {
    'navigator.locks'() {
      const name = String(Math.random())
      return fn => navigator.locks.request(name, fn)
    },
  }),
}

function section(acquire: () => Promise<unknown>, release: () => void): RunExclusive {
  return async fn => {
    await acquire()
    try {
      return await fn()
    } finally {
      release()
    }
  }
}
