import { type AttemptContext, isRetryable, type RetryDecision, retry } from '@x/retry'
import { describeRequest } from './describe-request.ts'
import { HttpError } from './http-error.ts'
import { keyedHeaders } from './idempotency-key.ts'
import { linkSignals } from './link-signals.ts'
import type { FetchInput, FetchRetryOptions } from './options.ts'
import { releaseResponse } from './release-response.ts'
import { createReplay } from './replay.ts'
import { isIdempotent, isRetryableResponse, wasNeverSent } from './retry-rules.ts'
import { wrapResponse } from './wrap-response.ts'

/** One call of a `RetryFetch`: all of its attempts, on the loop of `@x/retry`. */
export async function fetchCall(
  send: typeof fetch,
  input: FetchInput,
  given: RequestInit,
  options: FetchRetryOptions,
): Promise<Response> {
  const { bodyTimeoutMs, retryOnStatus, throwOnError } = options
  const isTimed = options.timeoutMs !== undefined || options.deadlineMs !== undefined
  const described = describeRequest(input, given)
  const { url, method, signal } = described
  const isSafe = isIdempotent(method, options.methods)
  const headers = isSafe ? undefined : keyedHeaders(described, options)
  const init = headers ? { ...given, headers } : given
  const mayRepeat = isSafe || headers !== undefined
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
    // A hook may read the response, and may throw.
    if (decision.error === failed) queueMicrotask(() => releaseResponse(failed?.response))
    return options.onRetry?.(decision)
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
