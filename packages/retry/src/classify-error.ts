import { isRetryError, type RetryError } from './errors.ts'

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
  return /^(transient|timeout|rate_limit|server_error|unknown)$/.test(errorClass)
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
  const { name, code, status, statusCode, response, $metadata } = error
  const numbers = [status, statusCode, response?.status, $metadata?.httpStatusCode, code]
  const httpStatus = numbers.find(n => typeof n === 'number' && n >= 400 && n < 600)
  return match(name) ?? match(code) ?? match(`HTTP ${httpStatus}`)
}

/** By the whole of a `name`, a `code`, or an HTTP status; the first that matches counts. */
const CLASSES: readonly (readonly [ErrorClass, RegExp])[] = [
  ['aborted', /^(Abort|Canceled)Error$|^(ABORT_ERR|ERR_CANCELED|UND_ERR_ABORTED)$/],
  ['timeout', /^TimeoutError$|TIMEDOUT$|_TIMEOUT$|^RETRY_DEADLINE$|^HTTP 408$/],
  ['circuit_open', /^RETRY_CIRCUIT_OPEN$/],
  // The name does not exist or the certificate is wrong: so it will be in a second.
  ['client_error', /^(ENOTFOUND|RETRY_NON_RETRYABLE)$|^(ERR_TLS|ERR_SSL|CERT|UNABLE_TO)_|_CERT/],
  [
    'transient',
    /^E(CONN|NET|HOST|PIPE$|AI_AGAIN$)|^UND_ERR_SOCKET$|^ERR_(NETWORK$|STREAM_PRE|HTTP2_)|^(Connection|FailedToOpen)[A-Z]|^HTTP 425$/,
  ],
  ['rate_limit', /^HTTP 429$/],
  ['auth', /^HTTP 40[137]$/],
  ['client_error', /^HTTP 4/],
  ['server_error', /^HTTP 5/],
]

function match(text: unknown): ErrorClass | undefined {
  return typeof text === 'string' ? CLASSES.find(([, pattern]) => pattern.test(text))?.[0] : undefined
}

/*
 * How engines say that a fetch failed, where they say it by a text alone. Kept whole: a part of it would take in errors
 * for what somebody's URL or user name happens to hold. In this order: Chrome (which may add the host), Firefox, Safari,
 * undici, React Native, Cloudflare Workers, Bun, Deno.
 */
const NETWORK_FAILURE =
  /^((Failed to fetch|Load failed)( \(.+\))?|network error|NetworkError when attempting to fetch resource\.|Error in input stream|The (network connection was lost|Internet connection appears to be offline)\.|fetch failed|terminated|Network (request failed|connection lost\.?)| ?A network error occurred\.|error (sending request for url|reading a body from) .+)$/

function classOfText({ name, message, cause }: ErrorLike): ErrorClass | undefined {
  // undici says "fetch failed" of an unknown scheme and a forbidden port, too; failures of the network have a code.
  const isNetwork = NETWORK_FAILURE.test(String(message)) && !(cause && !(cause as ErrorLike).code)
  if (isNetwork) return 'transient'
  return /^(Type|Reference|Syntax|Range|Eval|URI)Error$/.test(String(name)) ? 'programmer' : undefined
}
