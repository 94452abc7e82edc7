import { createFetch, type FetchRetryOptions, fetchWithRetry, type RetryFetch } from './index.ts'

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
