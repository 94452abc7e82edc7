import { type AttemptContext, isRetryable, type RetryDecision, retry } from '@x/retry'
import { HttpError } from './http-error.ts'
import { idempotencyKeyFor } from './idempotency-key.ts'
import { linkSignals } from './link-signals.ts'
import type { FetchInput, FetchRetryOptions } from './options.ts'
import { releaseResponse } from './release-response.ts'
import { createReplay, isRequest } from './replay.ts'
import { isIdempotent, isRetryableResponse, wasNeverSent } from './retry-rules.ts'
import { wrapResponse } from './wrap-response.ts'

const KEY_HEADER = 'idempotency-key'

/** One call of a `RetryFetch`: all of its attempts, on the loop of `@x/retry`. */
export async function fetchCall(
  send: typeof fetch,
  input: FetchInput,
  given: RequestInit,
  options: FetchRetryOptions,
): Promise<Response> {
  const { bodyTimeoutMs, retryOnStatus, throwOnError } = options
  const isTimed = options.timeoutMs !== undefined || options.deadlineMs !== undefined
  const request = isRequest(input) ? input : undefined
  const url = request?.url ?? String(input)
  const method = (given.method ?? request?.method ?? 'GET').toUpperCase()
  const signal = (given.signal === undefined ? request?.signal : given.signal) ?? undefined

  const init = { ...given }
  let mayRepeat = isIdempotent(method, options.methods)
  if (!mayRepeat) {
    const headers = new Headers(init.headers ?? request?.headers)
    const key = headers.get(KEY_HEADER) ?? idempotencyKeyFor(options.idempotencyKey, { url, method, headers })
    if (key !== undefined) {
      headers.set(KEY_HEADER, key)
      init.headers = headers
      mayRepeat = true
    }
  }
  const replay = createReplay(input, init, options)
  let failed: HttpError | undefined
  let isWorthRetry = false

  async function attempt(context: AttemptContext): Promise<Response> {
    const [target, attemptInit] = await replay.next()
    const link = isTimed ? linkSignals(context.signal, signal) : undefined
    if (link) attemptInit.signal = link.signal
    let response: Response | undefined
    try {
      response = await send(target, attemptInit)
    } finally {
      if (!response) link?.unlink?.()
    }
    if (link?.unlink || bodyTimeoutMs !== undefined) response = wrapResponse(response, bodyTimeoutMs, link?.unlink)
    // A fetch that ignores its signal: nobody waits for its response any more.
    if (attemptInit.signal?.aborted) releaseResponse(response)
    const { status } = response
    if (status < 400) return response
    isWorthRetry = isRetryableResponse(response, retryOnStatus)
    if (!(isWorthRetry || status >= 500 || throwOnError || options.shouldRetry)) return response
    failed = new HttpError(response, url)
    throw failed
  }

  function shouldRetry(decision: RetryDecision): boolean | PromiseLike<boolean> {
    const { error } = decision
    if (!replay.isReplayable || !(mayRepeat || wasNeverSent(error, url))) return false
    if (options.shouldRetry) return options.shouldRetry(decision)
    return error === failed ? isWorthRetry : isRetryable(error)
  }

  function onRetry(decision: RetryDecision): unknown {
    try {
      return options.onRetry?.(decision)
    } finally {
      if (decision.error === failed) releaseResponse(failed?.response)
    }
  }

  try {
    return await retry(attempt, { ...options, signal, shouldRetry, onRetry })
  } catch (error) {
    if (failed && error === failed && !throwOnError) return failed.response
    if (error !== failed) releaseResponse(failed?.response)
    throw error
  } finally {
    replay.end()
  }
}
