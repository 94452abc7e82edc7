import type { FetchInput } from './options.ts'

/** What the rules ask of a request, whether it came as a `Request` or as a URL and an `init`. */
export interface RequestDescription {
  readonly request: Request | undefined
  readonly url: string
  /** In capitals. */
  readonly method: string
  readonly headers: RequestInit['headers']
  readonly signal: AbortSignal | undefined
}

export function describeRequest(input: FetchInput, init: RequestInit): RequestDescription {
  // By structure, so that a `Request` of another realm is one too.
  const request = typeof input === 'object' && 'url' in input ? input : undefined
  return {
    request,
    url: request?.url ?? String(input),
    method: (init.method ?? request?.method ?? 'GET').toUpperCase(),
    headers: init.headers ?? request?.headers,
    signal: (init.signal === undefined ? request : init)?.signal ?? undefined,
  }
}
