import { fetchCall } from './fetch-call.ts'
import { merge } from './merge.ts'
import { type CreateFetchOptions, checkOptions, type RetryFetch, type RetryRequestInit } from './options.ts'
import type { Origins } from './per-origin.ts'
import { takeRequest } from './take-request.ts'

/**
 * Makes a `fetch` that tries again, to be used wherever `fetch` is.
 *
 * It resolves with the last response when it gives up, body unread, and rejects with what `fetch` rejects with. What
 * `fetch` takes goes through, unknown fields of `init` included; `init.retry` holds options for one call, or `false`.
 *
 * Sent again are GET, HEAD, OPTIONS, TRACE, PUT, DELETE, QUERY and the `methods` given; others only with an
 * `Idempotency-Key`, or when the connection provably never came to be: to an address, or with a `redirect` other than
 * `follow`. A body that cannot be sent twice is sent once. The caller's `init.signal` ends everything at
 * once with its own reason, and it ends the body under way later.
 *
 * @throws TypeError or RangeError that names the option; from a call, as a rejection.
 * @example
 * ```ts
 * import { createFetch } from '@x/fetch-retry'
 * import { faultServer } from '@x/fetch-retry/testing'
 *
 * await using server = await faultServer()
 * const url = server.plan('/flaky', { status: 503 }, { status: 200 })
 *
 * const fetch = createFetch({ baseDelayMs: 10 })
 * const response = await fetch(url)
 * response.status // => 200
 *
 * server.plan('/flaky', { status: 503 }, { status: 200 })
 * const single = await fetch(url, { retry: false })
 * single.status // => 503
 * ```
 */
export function createFetch(options: CreateFetchOptions = {}): RetryFetch {
  checkOptions(options)
  const defaults = merge({}, options)
  const origins: Origins = new Map()

  return async (input, init) => {
    const [target, { retry, ...rest }] = takeRequest<RetryRequestInit>(input, init)
    const own = retry === false ? { maxRetries: 0 } : retry
    if (own !== undefined) checkOptions(own, 'retry')
    return fetchCall(target, rest, merge(defaults, own), origins)
  }
}
