import { causeChain } from './classify-error.ts'

// RFC 9110 5.6.7. An IMF-fixdate, then the two obsolete forms that a recipient must accept, too.
const IMF_FIXDATE = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const RFC_850_DATE = /^\w{6,9}, (\d{2})-(\w{3})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const ASCTIME_DATE = /^\w{3} (\w{3}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * Reads an HTTP date in any of its three forms (RFC 9110, section 5.6.7) as epoch milliseconds; anything else is
 * `undefined`. `Date.parse` is no help: it takes "-5" for a year.
 */
export function parseHttpDate(text: string): number | undefined {
  const fixed = IMF_FIXDATE.exec(text)
  if (fixed) return utc(fixed[3], fixed[2], fixed[1], fixed[4], fixed[5], fixed[6])
  const old = RFC_850_DATE.exec(text)
  if (old) return utc(fullYear(Number(old[3])), old[2], old[1], old[4], old[5], old[6])
  const asctime = ASCTIME_DATE.exec(text)
  return asctime ? utc(asctime[6], asctime[1], asctime[2], asctime[3], asctime[4], asctime[5]) : undefined
}

/** A two-digit year that seems more than 50 years ahead is the most recent past one (RFC 9110, section 5.6.7). */
function fullYear(twoDigits: number): number {
  const now = new Date().getUTCFullYear()
  const year = now - (now % 100) + twoDigits
  return year > now + 50 ? year - 100 : year
}

type Field = string | number | undefined

function utc(year: Field, monthName: Field, day: Field, hour: Field, minute: Field, second: Field): number | undefined {
  const month = MONTHS.indexOf(String(monthName))
  // A leap second rolls over into the next minute.
  const inRange = month >= 0 && Number(day) <= 31 && Number(hour) <= 23 && Number(minute) <= 59 && Number(second) <= 60
  return inRange ? Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second)) : undefined
}

/**
 * Reads a `Retry-After` value, seconds or a date, as milliseconds from `nowMs` (epoch) on.
 *
 * A date that has passed is 0; of several values the longest counts; what is neither is `undefined`. Give the
 * response's own `Date` as `nowMs`, so that a client clock that is wrong changes nothing.
 *
 * @example
 * ```ts
 * import { parseRetryAfter } from '@x/retry'
 *
 * parseRetryAfter('120', Date.now()) // => 120_000
 * parseRetryAfter('Wed, 21 Oct 2026 07:28:00 GMT', Date.UTC(2026, 9, 21, 7, 27)) // => 60_000
 * parseRetryAfter('-5', Date.now()) // => undefined
 * ```
 */
export function parseRetryAfter(value: string, nowMs: number): number | undefined {
  // Repeated headers come joined by commas, and two of the date forms hold one.
  const values = value.split(/,(?! \d{2}[ -])/).map(text => parseOne(text.trim(), nowMs))
  return values.reduce((longest, ms) => (longest === undefined || ms === undefined ? undefined : Math.max(longest, ms)))
}

function parseOne(text: string, nowMs: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const date = parseHttpDate(text)
  return date === undefined ? undefined : Math.max(0, date - nowMs)
}

interface Hinted {
  readonly retryAfterMs?: unknown
  readonly headers?: unknown
  readonly response?: { readonly headers?: unknown } | null
}

/**
 * The wait that an error asks for, in milliseconds: its `retryAfterMs`, or the `retry-after-ms` or `Retry-After`
 * among its `headers` or its `response`'s; its causes are asked, too. It is what `delayFromError` does by default.
 *
 * @example
 * ```ts
 * import { delayFromError } from '@x/retry'
 *
 * delayFromError({ status: 429, headers: new Headers({ 'Retry-After': '7' }) }) // => 7000
 * ```
 */
export function delayFromError(error: unknown): number | undefined {
  for (const link of causeChain(error) as Hinted[]) {
    if (typeof link.retryAfterMs === 'number' && link.retryAfterMs >= 0) return link.retryAfterMs
    const ms = delayFromHeaders(link.headers) ?? delayFromHeaders(link.response?.headers)
    if (ms !== undefined) return ms
  }
  return undefined
}

function delayFromHeaders(headers: unknown): number | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined
  const ms = header(headers, 'retry-after-ms')
  if (ms !== undefined && /^\d+(\.\d+)?$/.test(ms)) return Number(ms)
  const value = header(headers, 'retry-after')
  return value === undefined
    ? undefined
    : parseRetryAfter(value, parseHttpDate(header(headers, 'date') ?? '') ?? Date.now())
}

/** A header of a `Headers` object, or of the plain objects of `node:http` and axios. */
function header(headers: object, name: string): string | undefined {
  if ('get' in headers && typeof headers.get === 'function') return headers.get(name) ?? undefined
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  return found === undefined || found === null ? undefined : String(found)
}
