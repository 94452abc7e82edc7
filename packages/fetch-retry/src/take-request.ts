import { merge } from './merge.ts'
import type { FetchInput } from './options.ts'

/**
 * Reads what a caller may change after the call, as `fetch` does within it: one `URL` and one `Headers` may serve many
 * calls. What is inherited counts, since `init` may be a `Request`.
 */
export function takeRequest<Init extends RequestInit>(
  input: FetchInput,
  init: Init | undefined,
): [input: FetchInput, init: Init] {
  const taken = merge({} as Init, init)
  const { headers } = taken
  // Plain ones stay plain: a `fetch` of one's own may spread them.
  if (headers) taken.headers = 'keys' in headers ? new Headers(headers) : { ...headers }
  return [input instanceof URL ? new URL(input) : input, taken]
}
