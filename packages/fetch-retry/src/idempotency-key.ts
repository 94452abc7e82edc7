import type { FetchRetryOptions } from './options.ts'

interface KeyedRequest {
  readonly url: string
  readonly method: string
  readonly headers: Headers
}

/** The key that a request without one gets, or `undefined` when it gets none. */
export function idempotencyKeyFor(
  option: FetchRetryOptions['idempotencyKey'],
  request: KeyedRequest,
): string | undefined {
  if (typeof option === 'function') return option(request)
  if (option !== 'auto') return option
  return mayAddHeader(request.url) ? newIdempotencyKey() : undefined
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
  return location === undefined || new URL(url, location.href).origin === location.origin
}
