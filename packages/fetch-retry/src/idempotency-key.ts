import type { RequestDescription } from './describe-request.ts'
import type { FetchRetryOptions } from './options.ts'

/** The headers of a request with an `Idempotency-Key`, its own or a new one; `undefined` when it gets none. */
export function keyedHeaders(
  { url, method, headers: given }: RequestDescription,
  { idempotencyKey }: FetchRetryOptions,
): Headers | undefined {
  const headers = new Headers(given)
  const chosen = typeof idempotencyKey === 'function' ? idempotencyKey({ url, method, headers }) : idempotencyKey
  const key = headers.get('idempotency-key') || (chosen === 'auto' ? newKeyFor(url) : chosen)
  if (!key) return undefined
  headers.set('idempotency-key', key)
  return headers
}

/** A UUID as a structured string, quotes included: draft-ietf-httpapi-idempotency-key-header-07. */
function newKeyFor(url: string): string | undefined {
  // In a page, a header of one's own needs a preflight to another origin, which a server that knows nothing of it
  // refuses. Elsewhere there is no such rule.
  if (globalThis.location && new URL(url, location.href).origin !== location.origin) return undefined
  // Plain-http pages have no `randomUUID`; as many random bits do as well.
  return `"${crypto.randomUUID?.() ?? crypto.getRandomValues(new Uint32Array(4)).join('-')}"`
}
