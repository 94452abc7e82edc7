import { delayFromError, parseHttpDate } from '@x/retry'

/** A reset from here on (late 2023) is an instant in seconds since 1970, below it a number of seconds from now. */
const FIRST_EPOCH_SECOND = 1.7e9

/**
 * How long a response asks its client to wait, in milliseconds, or `undefined` when it does not say.
 *
 * The first that can be read counts: `retry-after-ms`, `Retry-After` (seconds or a date), `RateLimit` (the longest `t`
 * of the items with `r=0`), and the older `RateLimit-Reset` and `X-RateLimit-Reset` unless their `-Remaining` says that
 * something is left. Dates are read against the response's own `Date`, so that a wrong clock on either side changes
 * nothing.
 */
export function readRetryAfter(headers: Headers): number | undefined {
  return (
    delayFromError({ headers }) ??
    fromRateLimit(headers) ??
    fromReset(headers, 'ratelimit') ??
    fromReset(headers, 'x-ratelimit')
  )
}

/** draft-ietf-httpapi-ratelimit-headers-10: `"policy";r=<remaining>;t=<seconds to the reset>, ...` */
function fromRateLimit(headers: Headers): number | undefined {
  let longest: number | undefined
  for (const [, seconds] of headers.get('ratelimit')?.matchAll(/;(?=[^,]*\br=0\b)[^,]*\bt=(\d+)/g) ?? []) {
    longest = Math.max(longest ?? 0, Number(seconds) * 1000)
  }
  return longest
}

function fromReset(headers: Headers, prefix: string): number | undefined {
  const reset = headers.get(`${prefix}-reset`) ?? ''
  // Digits only: `Number` alone would take '', '0x10' and '1e3' for numbers.
  if (!/^\d+(?:\.\d+)?$/.test(reset) || Number(headers.get(`${prefix}-remaining`)) > 0) return undefined
  const resetMs = Number(reset) * 1000
  if (Number(reset) < FIRST_EPOCH_SECOND) return resetMs
  return Math.max(0, resetMs - (parseHttpDate(headers.get('date') ?? '') ?? Date.now()))
}
