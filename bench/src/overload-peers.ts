import { StandardRetryStrategy } from '@smithy/util-retry'
import asyncRetry from 'async-retry'
import { ConsecutiveBreaker, circuitBreaker, retry as cockatiel, ExponentialBackoff, handleAll, wrap } from 'cockatiel'
import { backOff } from 'exponential-backoff'
import CircuitBreaker from 'opossum'
import pRetry from 'p-retry'
import { type OverloadPolicy, type RetryRules, retrying, whenNoTimeout } from './overload-policy.ts'

const always = () => true

/** The peers themselves, with their defaults or, where these do nothing, as their README begins. */
export const peers: readonly OverloadPolicy[] = [
  {
    name: 'p-retry',
    isShared: false,
    process: world => () => pRetry(world.attempt),
  },
  {
    name: 'exponential-backoff',
    isShared: false,
    process: world => () => backOff(world.attempt),
  },
  {
    name: 'async-retry',
    isShared: false,
    process: world => () => asyncRetry(world.attempt),
  },
  {
    name: 'cockatiel, retry + breaker',
    isShared: true,
    process({ attempt }) {
      const policy = wrap(
        cockatiel(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() }),
        circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) }),
      )
      return () => policy.execute(attempt)
    },
  },
  {
    name: 'opossum',
    isShared: true,
    process({ attempt }) {
      const breaker = new CircuitBreaker(attempt, { timeout: 3000, errorThresholdPercentage: 50, resetTimeout: 30_000 })
      return () => breaker.fire()
    },
  },
  {
    name: 'AWS SDK',
    isShared: true,
    process({ attempt }) {
      const strategy = new StandardRetryStrategy(3)
      return async () => {
        let token = await strategy.acquireInitialRetryToken('')
        for (;;) {
          try {
            await attempt()
            return strategy.recordSuccess(token)
          } catch {
            // It waits by itself, and rejects when it gives up.
            token = await strategy.refreshRetryTokenForRetry(token, { errorType: 'TRANSIENT' })
          }
        }
      }
    },
  },
]

/**
 * The default rules of clients that cannot do without HTTP, as their sources have them (ky 2.1.0, got 16.1.0,
 * axios-retry 4.5.0, ofetch 1.5.1, fetch-retry 6.0.0, undici 8.12.4, wretch 3.0.9, query-core 5.108.0, openai 7.57.0).
 */
const rules: Readonly<Record<string, RetryRules>> = {
  ky: { maxRetries: 2, delayMs: retry => 300 * 2 ** (retry - 1), isRetried: whenNoTimeout },
  got: { maxRetries: 2, delayMs: (retry, random) => 1000 * 2 ** (retry - 1) + 100 * random(), isRetried: always },
  'axios-retry': { maxRetries: 3, delayMs: () => 0, isRetried: whenNoTimeout },
  // It tries again after a timeout, too, but with the signal that the timeout has aborted: no call is made.
  ofetch: { maxRetries: 1, delayMs: () => 0, isRetried: whenNoTimeout },
  'fetch-retry': { maxRetries: 3, delayMs: () => 1000, isRetried: error => !hasStatus(error) },
  'undici RetryAgent': {
    maxRetries: 5,
    delayMs: retry => Math.min(30_000, 500 * 2 ** (retry - 1)),
    isRetried: whenNoTimeout,
  },
  wretch: { maxRetries: 10, delayMs: retry => 500 * retry, isRetried: hasStatus },
  'TanStack Query': { maxRetries: 3, delayMs: retry => Math.min(30_000, 1000 * 2 ** (retry - 1)), isRetried: always },
  'OpenAI and Anthropic SDK': {
    maxRetries: 2,
    delayMs: (retry, random) => Math.min(8000, 500 * 2 ** (retry - 1)) * (1 - random() / 4),
    isRetried: always,
  },
}

export const httpPeers: readonly OverloadPolicy[] = Object.entries(rules).map(([name, rules]) => retrying(name, rules))

function hasStatus(error: unknown): boolean {
  return error instanceof Error && 'status' in error
}
