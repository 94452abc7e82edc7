import { type RetryOptions, retry } from '@x/retry'
import type { OverloadPolicy } from './overload-policy.ts'
import { ATTEMPT_MS } from './overload-scenarios.ts'

/** Ours, under the simulation's time and chance: only the clock and the dice are not real. */
export const ours: readonly OverloadPolicy[] = [retryWith('@x/retry retry', {})]

/** For a herd that has to outlast a longer outage than the defaults are made for. */
const patient = { maxRetries: 10, baseDelayMs: 100, maxDelayMs: 10_000 }

export const patientOurs: readonly OverloadPolicy[] = [retryWith('retry', patient)]

function retryWith(name: string, options: RetryOptions): OverloadPolicy {
  return {
    name,
    isShared: false,
    process: ({ time, random, send }) => {
      const all: RetryOptions = { timeoutMs: ATTEMPT_MS, clock: time, random, ...options }
      return () => retry(({ signal }) => send(signal), all)
    },
  }
}
