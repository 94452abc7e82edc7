import {
  type CreateFetchOptions,
  createFetch,
  type FetchEventsOptions,
  type FetchResumableOptions,
  type FetchRetryOptions,
  type FetchWithRetryConfig,
  fetchEvents,
  fetchResumable,
  fetchWithRetry,
  type RetryFetch,
} from './index.ts'
import type { DownloadToFileOptions } from './node.ts'
import { type FaultOptions, type FaultReply, type FaultServerOptions, faultServer, withFaults } from './testing.ts'

const retrying: RetryFetch = createFetch({ maxRetries: 3, fetch: globalThis.fetch })

// A drop-in, and something to build upon.
const dropIn: typeof fetch = retrying
createFetch({ fetch: retrying })
createFetch({ fetch: dropIn })

void retrying('https://a.test')
void retrying(new URL('https://a.test'), { method: 'POST', body: new FormData(), retry: { idempotencyKey: 'auto' } })
void retrying(new Request('https://a.test'), { retry: false, signal: null })
void fetchWithRetry('https://a.test', { options: { method: 'PUT' }, retryOnStatus: [503], timeoutMs: undefined })

const keyed: FetchRetryOptions = { idempotencyKey: ({ url, method, headers }) => url + method + headers.get('a') }
createFetch(keyed)

// @ts-expect-error the loop's own options are not for a fetch
createFetch({ retryOnResult: () => true })
// @ts-expect-error the signal is the one of `init`
createFetch({ signal: new AbortController().signal })
// @ts-expect-error true is no option
void retrying('https://a.test', { retry: true })
// @ts-expect-error no such key
createFetch({ idempotencyKey: 5 })

// An option that is given as `undefined` is one that is not given.
type Undefined<Options> = Record<keyof Options, undefined>
declare const none: Undefined<CreateFetchOptions>
createFetch(none)
void retrying('https://a.test', { retry: none as Undefined<FetchRetryOptions> })
void fetchWithRetry('https://a.test', none as Undefined<FetchWithRetryConfig>)
void fetchEvents('https://a.test', {}, none as unknown as Undefined<FetchEventsOptions>)
void fetchResumable('https://a.test', {}, none as unknown as Undefined<FetchResumableOptions>)
export const download: DownloadToFileOptions = none as unknown as Undefined<DownloadToFileOptions>
void faultServer(none as unknown as Undefined<FaultServerOptions>)
withFaults(() => {}, none as unknown as Undefined<FaultOptions>)
export const reply: FaultReply = none as unknown as Undefined<FaultReply>
// @ts-expect-error options are read-only
keyed.maxRetries = 1
// @ts-expect-error options are read-only
keyed.timeoutMs = 1
