import { causeChain } from './classify-error.ts'
import { parseHttpDate } from './http-date.ts'

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
  const waits = value.split(/,(?! \d\d[ -])/).map(text => {
    const seconds = parseDecimal(text.trim())
    return seconds === undefined ? (parseHttpDate(text.trim()) ?? Number.NaN) - nowMs : seconds * 1000
  })
  const longest = Math.max(0, ...waits)
  return Number.isNaN(longest) ? undefined : longest
}

function parseDecimal(text: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
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
  try {
    for (const { retryAfterMs, headers, response } of causeChain(error) as Hinted[]) {
      const ms = retryAfterMs ?? delayFromHeaders(headers) ?? delayFromHeaders(response?.headers)
      if (typeof ms === 'number' && ms >= 0) return ms
    }
  } catch {
    // A getter or a proxy that throws asks for nothing.
  }
  return undefined
}

function delayFromHeaders(init: unknown): number | undefined {
  if (!init) return undefined
  try {
    const headers = headersOf(init)
    const read = (name: string): string => String(headers.get(name) ?? '')
    const now = parseHttpDate(read('date')) ?? Date.now()
    return parseDecimal(read('retry-after-ms')) ?? parseRetryAfter(read('retry-after'), now)
  } catch {
    return undefined
  }
}

function headersOf(init: object): { get(name: string): unknown } {
  // Those of another realm or library may be neither entries nor a plain object, as `node:http` and axios have.
  const isReadable = typeof (init as Partial<Headers>).get === 'function' && !(Symbol.iterator in init)
  return isReadable ? (init as Headers) : new Headers(init as HeadersInit)
}
