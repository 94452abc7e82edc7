import type { CompatRetryOptions } from './with-retry.ts'

/** For requests over the network. */
export const networkRetryStrategy: CompatRetryOptions = /* @__PURE__ */ strategy(3, 1000, 10_000, 200)

/** For database operations. */
export const databaseRetryStrategy: CompatRetryOptions = /* @__PURE__ */ strategy(2, 500, 5000, 100)

/** For starting workers. */
export const workerRetryStrategy: CompatRetryOptions = /* @__PURE__ */ strategy(3, 2000, 15_000, 500)

/** For calls of language model providers. */
export const providerRetryStrategy: CompatRetryOptions = /* @__PURE__ */ strategy(3, 1000, 30_000, 200)

function strategy(maxRetries: number, baseMs: number, maxMs: number, jitterMs: number): CompatRetryOptions {
  return {
    maxRetries,
    config: { BASE_DELAY_MS: baseMs, MAX_DELAY_MS: maxMs, JITTER_MS: jitterMs, EXPONENTIAL_BASE: 2 },
  }
}
