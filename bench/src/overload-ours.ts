import { type RetryOptions, resilient, retry } from '@x/retry'
import type { OverloadPolicy } from './overload-policy.ts'
import { ATTEMPT_MS } from './overload-scenarios.ts'

/** Ours itself: nothing but the clock and the dice is simulated. */
export const ours: readonly OverloadPolicy[] = [
  retryWith('@x/retry retry', {}),
  {
    name: '@x/retry resilient',
    isShared: true,
    process({ time, random, send }) {
      const policy = resilient({ timeoutMs: ATTEMPT_MS, clock: time, random })
      return () => policy.execute(({ signal }) => send(signal))
    },
  },
]

/** For a herd that has to outlast more than the defaults are made for. */
export const patientRetry: OverloadPolicy = retryWith('retry with 10 retries from 100 ms', {
  maxRetries: 10,
  baseDelayMs: 100,
  maxDelayMs: 10_000,
})

function retryWith(name: string, options: RetryOptions): OverloadPolicy {
  return {
    name,
    isShared: false,
    process({ time, random, send }) {
      const all: RetryOptions = { timeoutMs: ATTEMPT_MS, clock: time, random, ...options }
      return () => retry(({ signal }) => send(signal), all)
    },
  }
}
