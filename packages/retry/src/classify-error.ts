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
    return (
      firstClass(chain, classOfStructure) ??
      firstClass(chain, classOfText) ??
      firstClass(chain, classOfName) ??
      'unknown'
    )
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
  while (Object(link) === link && chain.length <= MAX_CAUSES) {
    chain.push(link as ErrorLike)
    link = (link as ErrorLike).cause
  }
  return chain
}

/** The first that a whole `name`, `code` or status matches. */
const STRUCTURES: readonly (readonly [ErrorClass, RegExp])[] = [
  ['aborted', /^(AbortError|CanceledError|ABORT_ERR|ERR_CANCELED|UND_ERR_ABORTED)$/m],
  ['timeout', /^(TimeoutError|RETRY_DEADLINE|408|.*TIMEDOUT|.*_TIMEOUT)$/m],
  ['circuit_open', /^RETRY_CIRCUIT_OPEN$/m],
  [
    'transient',
    /^(E(CONN|NET|HOST).+|EPIPE|EAI_AGAIN|UND_ERR_SOCKET|ERR_NETWORK|ERR_(STREAM_PRE|HTTP2_).+|(Connection|FailedToOpen)[A-Z].+|425)$/m,
  ],
  ['rate_limit', /^429$/m],
  ['auth', /^40[137]$/m],
  // The name does not exist or the certificate is wrong: so it will be in a second.
  ['client_error', /^(ENOTFOUND|(ERR_TLS|ERR_SSL|CERT|UNABLE_TO)_.+|.+_CERT.*|RETRY_NON_RETRYABLE|4\d\d)$/m],
  ['server_error', /^5\d\d$/m],
]

/*
 * How engines say that a fetch failed, where they say it by a text alone. Kept whole: a part of it would take in errors
 * for what somebody's URL or user name happens to hold. In this order: Chrome (which may add the host), Safari (too),
 * Firefox, undici, React Native, Cloudflare Workers, Bun, Deno.
 */
const NETWORK_FAILURE =
  /^((Failed to fetch|Load failed)( \(.+\))?|network error|The (network connection was lost|Internet connection appears to be offline)\.|NetworkError when attempting to fetch resource\.|Error in input stream|fetch failed|terminated|Network (request failed|connection lost\.?)| ?A network error occurred\.|error (sending request|reading a body) .+)$/

function firstClass(chain: ErrorLike[], classOf: (link: ErrorLike) => ErrorClass | undefined): ErrorClass | undefined {
  for (const link of chain) {
    const found = classOf(link)
    if (found) return found
  }
  return undefined
}

function classOfStructure({ name, code, status, statusCode, response, $metadata }: ErrorLike): ErrorClass | undefined {
  const words = [name, code, status, statusCode, response?.status, $metadata?.httpStatusCode].join('\n')
  return STRUCTURES.find(([, pattern]) => pattern.test(words))?.[0]
}

function classOfText({ message, cause }: ErrorLike): ErrorClass | undefined {
  // undici says "fetch failed" of bugs, too: an unknown scheme and a forbidden port have no code, others one of these.
  const isBug = cause && /^undefined$|ERR_(INVALID|NOT_SUPPORTED|REQ_CONTENT)/.test(String((cause as ErrorLike).code))
  const isNetwork = !isBug && NETWORK_FAILURE.test(String(message))
  return isNetwork ? 'transient' : undefined
}

function classOfName({ name }: ErrorLike): ErrorClass | undefined {
  return /^(Type|Reference|Syntax|Range|Eval|URI)Error$/.test(String(name)) ? 'programmer' : undefined
}
