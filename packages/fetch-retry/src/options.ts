import { createRetry, type RetryOptions } from '@x/retry'

/** What `fetch` takes first. */
export type FetchInput = string | URL | Request

/** What `fetch` takes as a body. */
export type FetchBody = NonNullable<RequestInit['body']>

/**
 * How a request is sent again.
 *
 * The inherited options mean what they mean in `@x/retry`; the `error` that their callbacks see is an
 * {@link HttpError} where a response failed, and what `fetch` threw where there is none.
 */
export interface FetchRetryOptions
  extends Pick<
    RetryOptions,
    | 'maxRetries'
    | 'baseDelayMs'
    | 'maxDelayMs'
    | 'factor'
    | 'backoff'
    | 'jitter'
    | 'deadlineMs'
    | 'maxRetryAfterMs'
    | 'shouldRetry'
    | 'onRetry'
    | 'onGiveUp'
    | 'onHookError'
    | 'budget'
    | 'breaker'
    | 'clock'
    | 'random'
  > {
  /**
   * Milliseconds that one attempt may take until its headers are there; more is a `TimeoutError`, which is retried.
   * @defaultValue none
   */
  readonly timeoutMs?: number | undefined
  /**
   * Milliseconds of silence that a reader of the body bears; more breaks the body with a `TimeoutError`. The time in
   * which nobody reads does not count.
   * @defaultValue none
   */
  readonly bodyTimeoutMs?: number | undefined
  /**
   * Methods that may be sent again besides GET, HEAD, OPTIONS, TRACE, PUT, DELETE and QUERY, which always may.
   * @defaultValue none
   */
  readonly methods?: readonly string[] | undefined
  /**
   * Statuses from 400 on that are worth another try, unless the response's `x-should-retry` says otherwise.
   * @defaultValue 408, 425, 429, 500, 502, 503, 504
   */
  readonly retryOnStatus?: readonly number[] | undefined
  /**
   * The `Idempotency-Key` of a request whose method is not idempotent and which has none, so that it may be sent
   * again: the same key for all attempts of a call. `'auto'` makes a UUID; in a browser only for the page's own
   * origin, since another one would need a preflight. A string is the key itself and belongs into a single call.
   * @defaultValue none
   */
  readonly idempotencyKey?:
    | 'auto'
    | (string & {})
    | ((request: { readonly url: string; readonly method: string; readonly headers: Headers }) => string)
    | undefined
  /**
   * Bytes of a streamed body that may be held in memory so that it can be sent again. A longer one is sent once.
   * @defaultValue 0
   */
  readonly bufferBody?: number | undefined
  /** Makes the body anew for each attempt, or promises it; takes the place of `init.body`. Belongs into a single call. */
  readonly body?: (() => FetchBody | PromiseLike<FetchBody>) | undefined
  /**
   * Reject with an {@link HttpError} for every status from 400 on, instead of resolving with the response.
   * @defaultValue false
   */
  readonly throwOnError?: boolean | undefined
  /**
   * A breaker and a budget of its own for each origin, of the defaults of `@x/retry`, where `breaker` and `budget` are
   * not given. A call that the breaker refuses waits until it lets calls through again, as long as the budget pays,
   * and fails with a `CircuitOpenError` else.
   * A `fetch` that was created has its own; those of `fetchWithRetry`, `fetchEvents` and `fetchResumable` are shared.
   * @defaultValue false
   */
  readonly perOrigin?: boolean | undefined
}

/** The options of {@link createFetch}: those of each call, and the `fetch` that each attempt calls. */
export interface CreateFetchOptions extends FetchRetryOptions {
  /**
   * Called once per attempt, so that it can give each one what must be fresh. It gets the headers of the call in
   * `init`, or in the `Request`, and has to keep them: an `Idempotency-Key` is among them.
   *
   * @defaultValue `globalThis.fetch`, looked up at each call
   * @example
   * ```ts
   * import { createFetch } from '@x/fetch-retry'
   * import { faultServer } from '@x/fetch-retry/testing'
   *
   * await using server = await faultServer()
   * const url = server.plan('/orders', { status: 503 }, { status: 201 })
   * let tokens = 0
   *
   * const fetch = createFetch({
   *   idempotencyKey: 'auto',
   *   baseDelayMs: 10,
   *   async fetch(input, init) {
   *     const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
   *     headers.set('authorization', `Bearer ${++tokens}`)
   *     return globalThis.fetch(input, { ...init, headers })
   *   },
   * })
   * await fetch(url, { method: 'POST', body: '{}' })
   * server.requests.map(({ headers }) => headers.authorization) // => ['Bearer 1', 'Bearer 2']
   * new Set(server.requests.map(({ headers }) => headers['idempotency-key'])).size // => 1
   * ```
   */
  readonly fetch?: typeof fetch | undefined
}

/** `RequestInit` with the retry of this one call: options over those of `createFetch`, or `false` for `maxRetries: 0`. */
export type RetryRequestInit = RequestInit & { readonly retry?: FetchRetryOptions | false | undefined }

/** A `fetch` that tries again. */
export type RetryFetch = (input: FetchInput, init?: RetryRequestInit) => Promise<Response>

type Rule = readonly [accepted: string, accepts: (value: unknown) => unknown]

const isAtLeast = (least: number) => (value: unknown) => typeof value === 'number' && value >= least
const isString = (value: unknown) => typeof value === 'string'

export const AMOUNT: Rule = ['a number >= 0', isAtLeast(0)]
const FUNCTION: Rule = ['a function', value => typeof value === 'function']
const isArrayOf = (accepts: Rule[1]) => (value: unknown) => Array.isArray(value) && value.every(accepts)
const OBJECT: Rule = ['an object', value => Object(value) === value]

const RULES: Readonly<Record<string, Rule>> = {
  bodyTimeoutMs: AMOUNT,
  bufferBody: AMOUNT,
  methods: ['an array of strings', isArrayOf(isString)],
  retryOnStatus: ['an array of numbers >= 400', isArrayOf(isAtLeast(400))],
  idempotencyKey: ['a string or a function', value => isString(value) || typeof value === 'function'],
  body: FUNCTION,
  fetch: FUNCTION,
}

/** Refuses what neither this package nor `@x/retry` can use. @throws TypeError, RangeError */
export function checkOptions(options: FetchRetryOptions, name = 'options'): void {
  checkOption(name, options, OBJECT)
  for (const option in RULES) checkOption(option, options[option as keyof FetchRetryOptions], RULES[option] as Rule)
  createRetry(options)
}

export function checkOption(name: string, value: unknown, [accepted, accepts]: Rule): void {
  if (value === undefined || accepts(value)) return
  // Where another number would do, it is a matter of range.
  throw new (typeof value === 'number' && accepts(Infinity) ? RangeError : TypeError)(
    `\`${name}\` must be ${accepted}, got ${value}`,
  )
}
