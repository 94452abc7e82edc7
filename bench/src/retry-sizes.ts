import { printSizes } from './sizes.ts'

/** The code that an app would write: what a bundler can leave out is left out. */
const imports: Readonly<Record<string, string>> = {
  '@x/retry { retry }': `export { retry } from '@x/retry'`,
  '@x/retry { retry, circuitBreaker, retryBudget, hedge }': `export { retry, circuitBreaker, retryBudget, hedge } from '@x/retry'`,
  '@x/retry { resilient }': `export { resilient } from '@x/retry'`,
  '@x/retry, all of it': `export * from '@x/retry'`,
  'p-retry': `export { default } from 'p-retry'`,
  'exponential-backoff': `export { backOff } from 'exponential-backoff'`,
  'async-retry': `export { default } from 'async-retry'`,
  'cockatiel retry': `export { retry, handleAll, ExponentialBackoff } from 'cockatiel'`,
  'cockatiel retry + breaker': `export { retry, handleAll, ExponentialBackoff, circuitBreaker, ConsecutiveBreaker, wrap } from 'cockatiel'`,
  'cockatiel, all of it': `export * from 'cockatiel'`,
  effect: `import { Effect, Schedule } from 'effect'
    export const call = task => Effect.runPromise(
      Effect.retry(Effect.tryPromise(task), { schedule: Schedule.exponential('200 millis'), times: 3 }))`,
}

/** Prints what each import adds to an app, dependencies included. */
export async function printRetrySizes(): Promise<void> {
  await printSizes('retry', imports)
}
