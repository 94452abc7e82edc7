import { fetchCall } from './fetch-call.ts'
import { merge } from './merge.ts'
import { checkOptions, type FetchInput, type FetchRetryOptions } from './options.ts'
import { SHARED_ORIGINS } from './per-origin.ts'
import { takeRequest } from './take-request.ts'

/** Options of {@link fetchWithRetry}: those of a retry, and what `fetch` takes as `options`. */
export interface FetchWithRetryConfig extends FetchRetryOptions {
  readonly options?: RequestInit | undefined
}

const DEFAULTS: FetchRetryOptions = {
  maxRetries: 3,
  baseDelayMs: 1000,
  maxDelayMs: 10_000,
  timeoutMs: 30_000,
  throwOnError: true,
}

/**
 * Fetches with 3 retries from 1 s to 10 s apart and 30 s for each attempt, and rejects when it has failed.
 *
 * What may be sent again is what {@link createFetch} says; so a POST is sent once unless it has an `Idempotency-Key`.
 *
 * @throws {@link HttpError} for a status from 400 on; its `response` can still be read.
 * @example
 * ```ts
 * import { fetchWithRetry } from '@x/fetch-retry'
 * import { faultServer } from '@x/fetch-retry/testing'
 *
 * await using server = await faultServer()
 * const url = server.plan('/report', { status: 503, headers: { 'retry-after-ms': '20' } }, { body: 'done' })
 *
 * const response = await fetchWithRetry(url, { options: { method: 'PUT', body: 'x' }, baseDelayMs: 10 })
 * await response.text() // => 'done'
 * ```
 */
export async function fetchWithRetry(input: FetchInput, config: FetchWithRetryConfig = {}): Promise<Response> {
  checkOptions(config, 'config')
  const { options, ...retry } = config
  return fetchCall(...takeRequest(input, options), merge(DEFAULTS, retry), SHARED_ORIGINS)
}
