import type { FetchInput } from './options.ts'

/** What the rules ask of a request, whether it came as a `Request` or as a URL and an `init`. */
export interface RequestDescription {
  readonly url: string
  /** In capitals. */
  readonly method: string
  readonly headers: RequestInit['headers']
  readonly signal: AbortSignal | undefined
}

export function describeRequest(input: FetchInput, init: RequestInit): RequestDescription {
  // A string and a `URL` have none of these fields; a `Request` of another realm has.
  const { url = String(input), method = 'GET', headers, signal } = input as Partial<Request>
  return {
    url,
    method: (init.method ?? method).toUpperCase(),
    headers: init.headers ?? headers,
    signal: (init.signal === undefined ? signal : init.signal) ?? undefined,
  }
}
