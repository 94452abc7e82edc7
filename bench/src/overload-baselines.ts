import { type Budget, type OverloadPolicy, type RetryRules, retrying, type World } from './overload-policy.ts'

const always = () => true
const fullJitter: RetryRules = {
  maxRetries: 3,
  delayMs: (retry, random) => random() * Math.min(20_000, 200 * 2 ** (retry - 1)),
  isRetried: always,
}

/** What people write by hand, and the budgets of two other platforms around it. */
export const baselines: readonly OverloadPolicy[] = [
  retrying('no retry', { maxRetries: 0, delayMs: () => 0, isRetried: always }),
  retrying('3 retries at once', { maxRetries: 3, delayMs: () => 0, isRetried: always }),
  retrying('3 retries, full jitter', fullJitter),
  retrying('the same, Finagle budget', fullJitter, finagleBudget),
  retrying('the same, gRPC throttle', fullJitter, grpcThrottle),
]

/** A fifth of the requests of the last ten seconds, and ten retries a second on top. */
function finagleBudget({ time }: World): Budget {
  const WINDOW_MS = 10_000
  const requestsAt: number[] = []
  const retriesAt: number[] = []
  const recent = (instants: number[]): number => {
    while ((instants[0] ?? Number.POSITIVE_INFINITY) <= time.now() - WINDOW_MS) instants.shift()
    return instants.length
  }
  return {
    onRequest: () => void requestsAt.push(time.now()),
    mayRetry() {
      if (recent(retriesAt) + 1 > recent(requestsAt) / 5 + 100) return false
      retriesAt.push(time.now())
      return true
    },
  }
}

/** Ten tokens; a failure takes one, a success gives back a tenth; no retries at half of them or less (gRFC A6). */
function grpcThrottle(): Budget {
  const MAX_TOKENS = 10
  let tokens = MAX_TOKENS
  return {
    onSuccess() {
      tokens = Math.min(MAX_TOKENS, tokens + 0.1)
    },
    onFailure() {
      tokens = Math.max(0, tokens - 1)
    },
    mayRetry: () => tokens > MAX_TOKENS / 2,
  }
}
