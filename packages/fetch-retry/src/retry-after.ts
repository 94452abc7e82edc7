import { delayFromError, parseHttpDate, parseRetryAfter } from '@x/retry'

/**
 * How long a response asks its client to wait, in milliseconds, or `undefined` when it does not say.
 *
 * The first that can be read counts: `retry-after-ms`, `Retry-After` (seconds or a date), `RateLimit` (the longest `t`
 * of the items with `r=0`), and the older `RateLimit-Reset` and `X-RateLimit-Reset` unless their `-Remaining` says that
 * something is left. Dates are read against the response's own `Date`, so that a wrong clock on either side changes
 * nothing.
 */
export function readRetryAfter(headers: Headers): number | undefined {
  // draft-ietf-httpapi-ratelimit-headers-10: `"policy";r=<remaining>;t=<seconds to the reset>, ...`
  const exhausted = (headers.get('ratelimit') ?? '').matchAll(/;(?=[^,]*\br=0\b)[^,]*\bt=(\d+)/g)
  return (
    delayFromError({ headers }) ??
    parseRetryAfter(Array.from(exhausted, match => match[1]).join(), 0) ??
    fromReset(headers, 'ratelimit') ??
    fromReset(headers, 'x-ratelimit')
  )
}

function fromReset(headers: Headers, prefix: string): number | undefined {
  if (Number(headers.get(`${prefix}-remaining`)) > 0) return undefined
  const now = parseHttpDate(headers.get('date') ?? '') ?? Date.now()
  const ms = parseRetryAfter(headers.get(`${prefix}-reset`) ?? '', now)
  // A reset after late 2023 is an instant in seconds since 1970, an earlier one a number of seconds from now.
  return ms && ms > 1.7e12 ? Math.max(0, ms - now) : ms
}
