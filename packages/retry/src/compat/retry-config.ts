/** The settings of the older code, by its names. */
export interface RetryConfig {
  readonly MAX_RETRIES: number
  readonly BASE_DELAY_MS: number
  readonly MAX_DELAY_MS: number
  readonly JITTER_MS: number
  readonly EXPONENTIAL_BASE: number
}

/** The defaults of the older code. */
export const RETRY_CONFIG: RetryConfig = /* @__PURE__ */ Object.freeze({
  MAX_RETRIES: 3,
  BASE_DELAY_MS: 1000,
  MAX_DELAY_MS: 30_000,
  JITTER_MS: 200,
  EXPONENTIAL_BASE: 2,
})
