import asyncRetry from 'async-retry'
import {
  ConsecutiveBreaker,
  retry as cockatiel,
  circuitBreaker as cockatielBreaker,
  ExponentialBackoff,
  handleAll,
  wrap,
} from 'cockatiel'
import { Effect, Schedule } from 'effect'
import { backOff } from 'exponential-backoff'
import pRetry from 'p-retry'

const policy = cockatiel(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() })
const guarded = wrap(policy, cockatielBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) }))
const schedule = { schedule: Schedule.exponential('200 millis'), times: 3 }

/** Three retries of a task by each library; what it prepares once for many calls is prepared. */
export function retryPeers(task: () => Promise<number>): Readonly<Record<string, () => Promise<number>>> {
  return {
    'cockatiel retry': () => policy.execute(task),
    'cockatiel retry + breaker': () => guarded.execute(task),
    'p-retry': () => pRetry(task, { retries: 3 }),
    'exponential-backoff': () => backOff(task, { numOfAttempts: 4 }),
    'async-retry': () => asyncRetry(task, { retries: 3 }),
    effect: () => Effect.runPromise(Effect.retry(Effect.tryPromise(task), schedule)),
  }
}
