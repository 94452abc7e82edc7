import { createRetry, retry as ours } from '@x/retry'
import {
  ConsecutiveBreaker,
  retry as cockatiel,
  circuitBreaker as cockatielBreaker,
  ExponentialBackoff,
  handleAll,
  wrap,
} from 'cockatiel'
import pRetry from 'p-retry'
import { compare, sequential } from './compare.ts'
import { ratioOf, report, type Target } from './report.ts'

const BARE = 'a bare awaited async call'
const task = async () => 1

/** The price of a call that succeeds at once, which is what nearly every call does. */
export async function retry(): Promise<void> {
  const configured = createRetry({ maxRetries: 3 })
  const policy = cockatiel(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() })
  const guarded = wrap(
    policy,
    cockatielBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) }),
  )
  const results = await compare(
    [
      sequential(BARE, () => task()),
      sequential('@x/retry retry(fn)', () => ours(task)),
      sequential('@x/retry retry(fn, options)', () => ours(task, { maxRetries: 3 })),
      sequential('@x/retry createRetry', () => configured(task)),
      sequential('@x/retry with timeoutMs', () => ours(task, { timeoutMs: 1000 })),
      sequential('cockatiel retry', () => policy.execute(task)),
      sequential('cockatiel retry + breaker', () => guarded.execute(task)),
      sequential('p-retry', () => pRetry(task, { retries: 3 })),
    ],
    { times: 10_000, rounds: 40 },
  )
  const targets: Target[] = [
    { what: 'retry(fn) <= 2.2 x the bare call', holds: ratioOf(results, '@x/retry retry(fn)') <= 2.2 },
    { what: 'createRetry <= 2.2 x the bare call', holds: ratioOf(results, '@x/retry createRetry') <= 2.2 },
    { what: 'below cockatiel', holds: ratioOf(results, '@x/retry retry(fn)') < ratioOf(results, 'cockatiel retry') },
    { what: 'below p-retry', holds: ratioOf(results, '@x/retry retry(fn)') < ratioOf(results, 'p-retry') },
    { what: 'with a timeout <= 12 x the bare call', holds: ratioOf(results, '@x/retry with timeoutMs') <= 12 },
  ]
  report('retry: the first call succeeds', results, targets)
}
