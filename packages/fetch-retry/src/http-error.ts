import { getRetryContext, type RetryContext } from '@x/retry'
import { readRetryAfter } from './retry-after.ts'

/**
 * A response whose status says that the request failed, as an error.
 *
 * Its `response` is the server's, body unread, so that a problem document (RFC 9457) can still be read from it.
 */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly code = 'FETCH_HTTP_ERROR'
  declare readonly status: number
  declare readonly response: Response
  /** How long the response asks to wait before the next attempt, in milliseconds. */
  declare readonly retryAfterMs?: number | undefined

  constructor(response: Response, url: string = response.url) {
    // A query may hold secrets.
    super(`HTTP ${response.status} ${url.split('?')[0]}`)
    this.status = response.status
    this.response = response
    this.retryAfterMs = readRetryAfter(response.headers)
  }

  /** What was tried in this call, in order; the last is the attempt that this error is of. */
  get attempts(): RetryContext['attempts'] {
    return getRetryContext(this)?.attempts ?? []
  }
}

/** Tells whether a value is an {@link HttpError}, also when it comes from another copy of this package or another realm. */
export function isHttpError(value: unknown): value is HttpError {
  return (Object(value) as Partial<HttpError>).code === 'FETCH_HTTP_ERROR'
}
