import { delayFromError } from '../retry-after.ts'
import { classifyError } from './error-type.ts'
import { RETRY_CONFIG, type RetryConfig } from './retry-config.ts'

/**
 * The delay after an attempt, counted from 0, in whole milliseconds; `MAX_DELAY_MS` holds for the jitter, too.
 *
 * @example
 * ```ts
 * import { calculateBackoff } from '@x/retry/compat'
 *
 * calculateBackoff(2, { JITTER_MS: 0 }) // => 4000
 * calculateBackoff(9, { JITTER_MS: 0 }) // => 30_000
 * ```
 */
export function calculateBackoff(attempt: number, config: Partial<RetryConfig> = {}): number {
  const {
    BASE_DELAY_MS = RETRY_CONFIG.BASE_DELAY_MS,
    MAX_DELAY_MS = RETRY_CONFIG.MAX_DELAY_MS,
    JITTER_MS = RETRY_CONFIG.JITTER_MS,
    EXPONENTIAL_BASE = RETRY_CONFIG.EXPONENTIAL_BASE,
  } = config
  const ceiling = Math.min(BASE_DELAY_MS * EXPONENTIAL_BASE ** attempt + JITTER_MS, MAX_DELAY_MS)
  const floor = Math.max(0, ceiling - JITTER_MS)
  return Math.floor(floor + Math.random() * (ceiling - floor))
}

/**
 * As {@link calculateBackoff}, from 5 s and with a second of jitter after a rate limit, and never before the time that
 * the error names.
 */
export function calculateBackoffForError(attempt: number, error: unknown, config: Partial<RetryConfig> = {}): number {
  const { BASE_DELAY_MS = RETRY_CONFIG.BASE_DELAY_MS } = config
  const slower = { ...config, BASE_DELAY_MS: Math.max(BASE_DELAY_MS, 5000), JITTER_MS: 1000 }
  const delayMs = calculateBackoff(attempt, classifyError(error) === 'rate_limit' ? slower : config)
  return Math.max(delayMs, delayFromError(error) ?? 0)
}
