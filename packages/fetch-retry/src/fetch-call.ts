import { type AttemptContext, isRetryable, type RetryDecision, retry } from '@x/retry'
import { describeRequest } from './describe-request.ts'
import { HttpError } from './http-error.ts'
import { keyedHeaders } from './idempotency-key.ts'
import { linkSignals, type SignalLink } from './link-signals.ts'
import type { CallOptions, FetchInput } from './options.ts'
import { type Origins, ofOrigin } from './per-origin.ts'
import { releaseResponse } from './release-response.ts'
import { createReplay } from './replay.ts'
import { isIdempotent, isRetryableResponse, wasNeverSent } from './retry-rules.ts'
import { wrapResponse } from './wrap-response.ts'

/** One call of a `RetryFetch`: all of its attempts, on the loop of `@x/retry`. */
export async function fetchCall(
  input: FetchInput,
  given: RequestInit,
  merged: CallOptions,
  origins: Origins,
): Promise<Response> {
  const described = describeRequest(input, given)
  const { url, method, signal } = described
  const options = merged.perOrigin ? ofOrigin(origins, url, merged) : merged
  const { throwOnError } = options
  const isTimed = (options.timeoutMs ?? options.deadlineMs) !== undefined
  const isSafe = isIdempotent(method, options.methods)
  const headers = isSafe ? undefined : keyedHeaders(described, options)
  const init = headers ? { ...given, headers } : given
  const mayRepeat = isSafe || headers
  const replay = createReplay(input, init, options)
  let failed: HttpError | undefined
  let isWorthRetry = false

  async function attempt(context: AttemptContext): Promise<Response> {
    const [target, attemptInit] = await replay.next()
    const { signal: own, unlink } = isTimed ? linkSignals(context.signal, signal) : ({} as Partial<SignalLink>)
    if (own) attemptInit.signal = own
    let response: Response | undefined
    try {
      response = await (options.fetch ?? globalThis.fetch)(target, attemptInit)
    } finally {
      if (!response) unlink?.()
    }
    response = wrapResponse(response, options.bodyTimeoutMs, unlink)
    // A fetch that ignores its signal: nobody waits for its response any more.
    if (attemptInit.signal?.aborted) releaseResponse(response)
    const { status } = response
    if (status < 400) return response
    isWorthRetry = isRetryableResponse(response, options.retryOnStatus)
    if (!(isWorthRetry || status >= 500 || throwOnError || options.shouldRetry)) return response
    failed = new HttpError(response)
    throw failed
  }

  function shouldRetry(decision: RetryDecision): boolean | PromiseLike<boolean> {
    const { error, errorClass } = decision
    // The breaker has let nothing through.
    const isRefused = errorClass === 'circuit_open'
    if (!replay.isReplayable || !(mayRepeat || isRefused || wasNeverSent(error, url))) return false
    if (options.shouldRetry) return options.shouldRetry(decision)
    if (error === failed) return isWorthRetry
    return isRetryable(error) || (options.perOrigin === true && isRefused)
  }

  function onRetry(decision: RetryDecision): unknown {
    // A hook may read the response, and may throw.
    if (decision.error === failed) queueMicrotask(() => releaseResponse(failed?.response))
    return options.onRetry?.(decision)
  }

  try {
    return await retry(attempt, { ...options, signal, shouldRetry, onRetry })
  } catch (error) {
    if (error !== failed) releaseResponse(failed?.response)
    else if (failed && !throwOnError) return failed.response
    throw error
  } finally {
    replay.end()
  }
}
