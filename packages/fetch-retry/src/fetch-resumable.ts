import { afterBreak } from './after-break.ts'
import { callHook } from './call-hook.ts'
import { describeRequest } from './describe-request.ts'
import { type Broken, Download } from './download.ts'
import { fetchCall } from './fetch-call.ts'
import { linkSignals } from './link-signals.ts'
import { merge } from './merge.ts'
import { type CreateFetchOptions, checkOptions, type FetchInput, type FetchRetryOptions } from './options.ts'
import { SHARED_ORIGINS } from './per-origin.ts'
import { takeRequest } from './take-request.ts'
import { withBody, wrapResponse } from './wrap-response.ts'

/** How a download goes on where it broke off. */
export interface FetchResumableOptions extends FetchRetryOptions {
  /** The `fetch` to build upon. @defaultValue `globalThis.fetch` */
  readonly fetch?: typeof fetch | undefined
  /** Told after each piece of the body; `totalBytes` is `undefined` where the server does not say. */
  readonly onProgress?:
    | ((progress: { readonly loadedBytes: number; readonly totalBytes: number | undefined }) => void)
    | undefined
}

const MAX_RETRIES = 3

/**
 * Downloads with one unbroken body: where the connection breaks off, it goes on with a range request.
 *
 * The rest is taken only when it is the rest of the same entity: asked for with `If-Range` and a strong `ETag`, answered
 * with a 206 of the same tag, from the right byte, of the same length. Anything else is a {@link ResumeError}, or a new
 * beginning, whose headers take the place of the first ones, as long as nothing has been delivered; two versions are never spliced. `maxRetries` counts breaks in a row
 * that brought nothing, and `bodyTimeoutMs` is the silence that counts as one. The server's pace is that of the reader.
 *
 * What cannot be resumed (no strong tag, an encoded body) is a plain {@link createFetch}. Read the body or cancel it.
 *
 * @throws TypeError for another method than GET and for an `integrity`, which no part can be checked against; all else as {@link createFetch}. The body fails with a
 * {@link ResumeError}, an {@link HttpError} of the request for the rest, or what broke it.
 * @example
 * ```ts
 * import { fetchResumable } from '@x/fetch-retry'
 * import { faultServer } from '@x/fetch-retry/testing'
 *
 * await using server = await faultServer()
 * const headers = { etag: '"v1"' }
 * const url = server.plan(
 *   '/film',
 *   { headers, body: 'unbroken', fault: 'reset-in-body', faultAfter: 2 },
 *   { status: 206, headers: { ...headers, 'content-range': 'bytes 2-7/8' }, body: 'broken' },
 * )
 *
 * const response = await fetchResumable(url, {}, { baseDelayMs: 10 })
 * await response.text() // => 'unbroken'
 * server.requests[1].headers.range // => 'bytes=2-'
 * ```
 */
export async function fetchResumable(
  input: FetchInput,
  init?: RequestInit,
  options: FetchResumableOptions = {},
): Promise<Response> {
  checkOptions(options)
  const [target, own] = takeRequest(input, init)
  const { method, headers: given, signal } = describeRequest(target, own)
  if (method !== 'GET') throw new TypeError(`\`method\` must be GET, got ${method}`)
  // `fetch` holds what it has to check until the last byte, and knows no other way for a part.
  const integrity = own.integrity ?? (input as Partial<Request>).integrity
  if (integrity) throw new TypeError(`\`integrity\` must be empty, since no part can be checked, got ${integrity}`)
  signal?.throwIfAborted()
  const ender = new AbortController()
  const link = linkSignals(ender.signal, signal)

  /** What has broken the body is the first failed attempt of the request for its rest. */
  function connect(more: Record<string, string>, broken?: Broken): Promise<Response> {
    const headers = new Headers(given)
    // Bytes of an encoding cannot be told from bytes of the entity.
    if (!headers.has('accept-encoding')) headers.set('accept-encoding', 'identity')
    for (const [name, value] of Object.entries(more)) headers.set(name, value)
    const connecting = { ...options, fetch: afterBreak(options.fetch, broken), ...(broken && { throwOnError: true }) }
    return fetchCall(
      target,
      { ...own, headers, signal: link.signal },
      merge<CreateFetchOptions>({}, connecting),
      SHARED_ORIGINS,
    )
  }

  const response = await connect({}).catch(error => {
    link.unlink?.()
    throw error
  })
  if (!response.ok || !response.body) return wrapResponse(response, undefined, link.unlink)
  const download = new Download(response, reconnect, options.maxRetries ?? MAX_RETRIES)

  /** A new beginning may be of another version, which its headers must tell. */
  async function reconnect(more: Record<string, string>, broken: Broken | undefined): Promise<Response> {
    const next = await connect(more, broken)
    if (download.deliveredBytes === 0) replaceHeaders(whole.headers, next.headers)
    return next
  }

  const whole = withBody(response, {
    async pull() {
      const chunk = await download.read()
      const { deliveredBytes: loadedBytes, totalBytes } = download
      if (chunk) callHook(() => options.onProgress?.({ loadedBytes, totalBytes }), options.onHookError)
      return chunk
    },
    end(reason) {
      link.unlink?.()
      download.cancel(reason)
      ender.abort(reason)
    },
  })
  return whole
}

function replaceHeaders(headers: Headers, others: Headers): void {
  for (const name of [...headers.keys()]) headers.delete(name)
  for (const [name, value] of others) headers.append(name, value)
}
