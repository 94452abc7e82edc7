import type { RequestDescription } from './describe-request.ts'
import type { FetchRetryOptions } from './options.ts'

const KEY_HEADER = 'idempotency-key'

/** The headers of a request with an `Idempotency-Key`, its own or a new one; `undefined` when it gets none. */
export function keyedHeaders(
  { url, method, headers: given }: RequestDescription,
  { idempotencyKey }: FetchRetryOptions,
): Headers | undefined {
  const headers = new Headers(given)
  if (headers.has(KEY_HEADER)) return headers
  const isAuto = idempotencyKey === 'auto'
  const key = typeof idempotencyKey === 'function' ? idempotencyKey({ url, method, headers }) : idempotencyKey
  if (key === undefined || (isAuto && !mayAddHeader(url))) return undefined
  headers.set(KEY_HEADER, isAuto ? newIdempotencyKey() : key)
  return headers
}

/** A UUID as a structured string, quotes included: draft-ietf-httpapi-idempotency-key-header-07. */
function newIdempotencyKey(): string {
  // Plain-http pages have no `randomUUID`; as many random bits do as well.
  return `"${crypto.randomUUID?.() ?? crypto.getRandomValues(new Uint32Array(4)).join('-')}"`
}

/**
 * In a page, a header of one's own needs a preflight to another origin, which a server that knows nothing of it
 * refuses. Elsewhere there is no such rule.
 */
function mayAddHeader(url: string): boolean {
  const location: Location | undefined = globalThis.location
  return !location || new URL(url, location.href).origin === location.origin
}
