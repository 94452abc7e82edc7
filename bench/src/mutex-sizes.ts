import { printSizes } from './sizes.ts'

/** What `mutex-peers.ts` uses of each library: what a bundler can leave out is left out. */
const imports: Readonly<Record<string, string>> = {
  '@x/mutex { Mutex }': `export { Mutex } from '@x/mutex'`,
  '@x/mutex, all of it': `export * from '@x/mutex'`,
  'async-mutex': `export { Mutex } from 'async-mutex'`,
  'async-lock': `export { default } from 'async-lock'`,
  'p-limit': `export { default } from 'p-limit'`,
  'p-mutex': `export { default } from 'p-mutex'`,
  'p-queue': `export { default } from 'p-queue'`,
  'cockatiel bulkhead': `export { bulkhead } from 'cockatiel'`,
  'es-toolkit Mutex': `export { Mutex } from 'es-toolkit'`,
  'async-sema': `export { Sema } from 'async-sema'`,
  '@esfx/async-mutex': `export { AsyncMutex } from '@esfx/async-mutex'`,
  'await-lock': `export { default } from 'await-lock'`,
  'effect Semaphore': `import { Effect, Semaphore } from 'effect'
    export const create = () => {
      const semaphore = Semaphore.makeUnsafe(1)
      return fn => Effect.runPromise(semaphore.withPermits(1)(Effect.promise(fn)))
    }`,
  '@tanstack/pacer AsyncQueuer': `export { AsyncQueuer } from '@tanstack/pacer'`,
}

/** Prints what each import adds to an app, dependencies included; `navigator.locks` adds nothing. */
export async function printMutexSizes(): Promise<void> {
  await printSizes('mutex', imports)
}
