import { isRetryError, type RetryError } from './errors.ts'
import { isNetworkFailure } from './network-failure.ts'

/**
 * What kind of failure an error is.
 *
 * `transient`, `timeout`, `rate_limit`, `server_error` and `unknown` are worth another try; `client_error`, `auth`,
 * `circuit_open`, `aborted` and `programmer` are not.
 */
export type ErrorClass =
  | 'transient'
  | 'timeout'
  | 'rate_limit'
  | 'server_error'
  | 'client_error'
  | 'auth'
  | 'circuit_open'
  | 'aborted'
  | 'programmer'
  | 'unknown'

// A cause chain may be a circle.
const MAX_CAUSES = 5

/** The fields that errors of the platforms and of the common clients carry. */
interface ErrorLike {
  readonly name?: unknown
  readonly message?: unknown
  readonly code?: unknown
  readonly cause?: unknown
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly response?: { readonly status?: unknown } | null
  readonly $metadata?: { readonly httpStatusCode?: unknown } | null
}

/**
 * Tells what kind of failure an error is: by its structure first (this package's own errors, `name`, `code`, HTTP
 * status, each along the `cause` chain), by its text last.
 *
 * Texts count only where an engine gives nothing else: the exact messages of failed fetches. Any other `TypeError`,
 * `ReferenceError`, `SyntaxError` or `RangeError` is `programmer`. Never throws; what it cannot tell is `unknown`.
 *
 * @example
 * ```ts
 * import { classifyError } from '@x/retry'
 *
 * classifyError({ status: 503 }) // => 'server_error'
 * classifyError(Object.assign(new Error('read'), { code: 'ECONNRESET' })) // => 'transient'
 * classifyError(new TypeError('Failed to fetch')) // => 'transient'
 * classifyError(new TypeError('user.load is not a function')) // => 'programmer'
 * classifyError(new Error('took 500ms')) // => 'unknown'
 * ```
 */
export function classifyError(error: unknown): ErrorClass {
  try {
    const chain = causeChain(error)
    return firstClass(chain, classOfStructure) ?? firstClass(chain, classOfText) ?? 'unknown'
  } catch {
    // A getter or a proxy that throws tells nothing.
    return 'unknown'
  }
}

/**
 * The rule that `retry` follows without `shouldRetry`: another try may help, and nobody asked to stop.
 *
 * @example
 * ```ts
 * import { isRetryable } from '@x/retry'
 *
 * isRetryable({ status: 429 }) // => true
 * isRetryable({ status: 404 }) // => false
 * ```
 */
export function isRetryable(error: unknown): boolean {
  return !isNonRetryable(error) && isRetryableClass(classifyError(error))
}

export function isRetryableClass(errorClass: ErrorClass): boolean {
  return (
    errorClass === 'transient' ||
    errorClass === 'timeout' ||
    errorClass === 'rate_limit' ||
    errorClass === 'server_error' ||
    errorClass === 'unknown'
  )
}

export function isNonRetryable(error: unknown): error is RetryError & { readonly code: 'RETRY_NON_RETRYABLE' } {
  return isRetryError(error) && error.code === 'RETRY_NON_RETRYABLE'
}

/** The error and its causes, outermost first; what is no object has no structure. */
export function causeChain(error: unknown): ErrorLike[] {
  const chain: ErrorLike[] = []
  let link = error
  while (typeof link === 'object' && link !== null && chain.length <= MAX_CAUSES) {
    chain.push(link)
    link = (link as ErrorLike).cause
  }
  return chain
}

function firstClass(chain: ErrorLike[], classOf: (link: ErrorLike) => ErrorClass | undefined): ErrorClass | undefined {
  for (const link of chain) {
    const found = classOf(link)
    if (found) return found
  }
  return undefined
}

function classOfStructure(error: ErrorLike): ErrorClass | undefined {
  const { name, code } = error
  if (name === 'AbortError' || name === 'CanceledError') return 'aborted'
  if (name === 'TimeoutError') return 'timeout'
  return (typeof code === 'string' ? classOfCode(code) : undefined) ?? classOfStatus(httpStatus(error))
}

function httpStatus(error: ErrorLike): unknown {
  return [error.status, error.statusCode, error.response?.status, error.$metadata?.httpStatusCode, error.code].find(
    status => typeof status === 'number' && status >= 400 && status < 600,
  )
}

function classOfStatus(status: unknown): ErrorClass | undefined {
  if (typeof status !== 'number') return undefined
  if (status >= 500) return 'server_error'
  if (status === 429) return 'rate_limit'
  if (status === 408) return 'timeout'
  if (status === 425) return 'transient'
  return status === 401 || status === 403 || status === 407 ? 'auth' : 'client_error'
}

function classOfCode(code: string): ErrorClass | undefined {
  if (code === 'RETRY_CIRCUIT_OPEN') return 'circuit_open'
  if (code === 'RETRY_DEADLINE' || /^(ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_.+_TIMEOUT)$/.test(code)) return 'timeout'
  if (code === 'ABORT_ERR' || code === 'ERR_CANCELED' || code === 'UND_ERR_ABORTED') return 'aborted'
  if (TRANSIENT_CODE.test(code)) return 'transient'
  // The name does not exist or the certificate is wrong: so it will be in a second.
  return PERMANENT_CODE.test(code) ? 'client_error' : undefined
}

const TRANSIENT_CODE =
  /^(E(CONN(RESET|REFUSED|ABORTED)|PIPE|AI_AGAIN|NET(DOWN|RESET|UNREACH)|HOST(DOWN|UNREACH)|NOTCONN)|UND_ERR_SOCKET|ERR_(NETWORK|STREAM_PREMATURE_CLOSE|HTTP2_(STREAM_ERROR|SESSION_ERROR|GOAWAY_SESSION|STREAM_CANCEL|PING_CANCEL))|Connection(Refused|Reset|Closed)|FailedToOpenSocket)$/
const PERMANENT_CODE =
  /^(ENOTFOUND|ERR_TLS_.+|ERR_SSL_.+|CERT_.+|.*_CERT(IFICATE)?(_.+)?|UNABLE_TO_.+|RETRY_NON_RETRYABLE)$/

function classOfText(error: ErrorLike): ErrorClass | undefined {
  if (isNetworkFailure(error)) return 'transient'
  return /^(Type|Reference|Syntax|Range|Eval|URI)Error$/.test(String(error.name)) ? 'programmer' : undefined
}
