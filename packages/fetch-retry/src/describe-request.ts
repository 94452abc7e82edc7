import type { FetchInput } from './options.ts'

/** What the rules ask of a request, whether it came as a `Request` or as a URL and an `init`. */
export interface RequestDescription {
  readonly url: string
  /** In capitals. */
  readonly method: string
  readonly headers: RequestInit['headers']
  readonly signal: AbortSignal | undefined
  readonly redirect: RequestRedirect | undefined
}

export function describeRequest(input: FetchInput, init: RequestInit): RequestDescription {
  // A string and a `URL` have none of these fields; a `Request` of another realm has.
  const request = Object(input) as Partial<Request>
  const {
    method = request.method ?? 'GET',
    headers = request.headers,
    signal = request.signal,
    redirect = request.redirect,
  } = init
  return {
    url: request.url ?? String(input),
    method: method.toUpperCase(),
    headers,
    redirect,
    signal: signal ?? undefined,
  }
}
