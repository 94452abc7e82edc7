import { circuitBreaker, createRetry, retry as ours, retryBudget } from '@x/retry'
import { compare, sequential } from './compare.ts'
import { ratioOf, report, type Target } from './report.ts'
import { retryPeers } from './retry-peers.ts'
import { printRetrySizes } from './retry-sizes.ts'

const BARE = 'a bare awaited async call'
const OURS = '@x/retry retry(fn)'
const CREATED = '@x/retry createRetry'
const GUARDED = '@x/retry with breaker and budget'
const TIMED = '@x/retry with timeoutMs'
const TIMER = 'a bare call, setTimeout and clearTimeout'

const task = async () => 1

async function timedTask(): Promise<number> {
  const timer = setTimeout(() => {}, 1000)
  try {
    return await task()
  } finally {
    clearTimeout(timer)
  }
}

/** The price of a call that succeeds at once, which is what nearly every call does, and of the bytes. */
export async function retry(): Promise<void> {
  const peers = retryPeers(task)
  const configured = createRetry({ maxRetries: 3 })
  const guarded = createRetry({ maxRetries: 3, breaker: circuitBreaker(), budget: retryBudget() })
  const results = await compare(
    [
      sequential(BARE, () => task()),
      sequential(OURS, () => ours(task)),
      sequential('@x/retry retry(fn, options)', () => ours(task, { maxRetries: 3 })),
      sequential(CREATED, () => configured(task)),
      sequential(GUARDED, () => guarded(task)),
      sequential(TIMED, () => ours(task, { timeoutMs: 1000 })),
      sequential(TIMER, timedTask),
      ...Object.entries(peers).map(([name, call]) => sequential(name, call)),
    ],
    { times: 5000, rounds: 40 },
  )
  const ratio = ratioOf(results, OURS)
  const targets: Target[] = [
    { what: 'retry(fn) <= 2.2 x the bare call', holds: ratio <= 2.2 },
    { what: 'createRetry <= 2.2 x the bare call', holds: ratioOf(results, CREATED) <= 2.2 },
    { what: 'below every peer', holds: Object.keys(peers).every(peer => ratio < ratioOf(results, peer)) },
    { what: 'with breaker and budget <= 4 x the bare call', holds: ratioOf(results, GUARDED) <= 4 },
    { what: 'with a timeout <= 12 x the bare call', holds: ratioOf(results, TIMED) <= 12 },
  ]
  report('retry: the first call succeeds', results, targets)
  await printRetrySizes()
}
