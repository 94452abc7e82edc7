import { createFetch } from './create-fetch.ts'
import type { FetchInput } from './options.ts'

/**
 * Fetches once, and rejects with a `TimeoutError` of `@x/retry` when the headers are not there in time.
 *
 * The body may take longer. The caller's `init.signal` is obeyed as in `fetch`, by the body, too.
 *
 * @example
 * ```ts
 * import { fetchWithTimeout } from '@x/fetch-retry'
 * import { faultServer } from '@x/fetch-retry/testing'
 *
 * await using server = await faultServer()
 * const url = server.plan('/slow', { delayMs: 1000 })
 * await fetchWithTimeout(url, {}, 20) // throws TimeoutError
 * ```
 */
export async function fetchWithTimeout(
  input: FetchInput,
  init?: RequestInit,
  timeoutMs: number = 30_000,
): Promise<Response> {
  return createFetch({ maxRetries: 0, timeoutMs })(input, init)
}
