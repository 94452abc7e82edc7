import { type AttemptContext, isRetryable, type RetryDecision, retry } from '@x/retry'
import { describeRequest } from './describe-request.ts'
import { HttpError } from './http-error.ts'
import { keyedHeaders } from './idempotency-key.ts'
import { linkSignals } from './link-signals.ts'
import type { CreateFetchOptions, FetchInput } from './options.ts'
import { type Origins, ofOrigin } from './per-origin.ts'
import { releaseResponse } from './release-response.ts'
import { createReplay } from './replay.ts'
import { isIdempotent, isRetryableResponse, wasNeverSent } from './retry-rules.ts'
import { wrapResponse } from './wrap-response.ts'

/** One call of a `RetryFetch`: all of its attempts, on the loop of `@x/retry`. */
export async function fetchCall(
  input: FetchInput,
  given: RequestInit,
  merged: CreateFetchOptions,
  origins: Origins,
): Promise<Response> {
  const described = describeRequest(input, given)
  const { url, method, signal } = described
  const options = merged.perOrigin ? ofOrigin(origins, url, merged) : merged
  const isSafe = isIdempotent(method, options.methods)
  const headers = isSafe ? undefined : keyedHeaders(described, options)
  const replay = createReplay(input, headers ? { ...given, headers } : given, options)
  let failed: HttpError | undefined
  let kept: Response | undefined

  async function attempt(context: AttemptContext): Promise<Response> {
    const [target, attemptInit] = await replay.next()
    const isCut = (options.timeoutMs ?? options.deadlineMs) !== undefined
    const ending = isCut ? context.signal : signal
    // It may have ended while the body was encoded or buffered.
    ending?.throwIfAborted()
    let unlink: (() => void) | undefined
    if (isCut) ({ signal: attemptInit.signal, unlink } = linkSignals(context.signal, signal))
    let response: Response | undefined
    try {
      response = await (options.fetch ?? fetch)(target, attemptInit)
    } finally {
      if (!response) unlink?.()
    }
    response = wrapResponse(response, options.bodyTimeoutMs, unlink)
    // A fetch that ignores its signal: nobody waits for its response any more.
    if (attemptInit.signal?.aborted) releaseResponse(response)
    if (response.status < 400) return response
    failed = new HttpError(response, url)
    throw failed
  }

  function shouldRetry(decision: RetryDecision): boolean | PromiseLike<boolean> {
    const { error } = decision
    // The breaker has let nothing through.
    const isRefused = decision.errorClass === 'circuit_open'
    const mayRepeat = isSafe || headers || isRefused || wasNeverSent(error, described)
    if (!(mayRepeat && replay.isReplayable())) return false
    if (options.shouldRetry) return options.shouldRetry(decision)
    if (failed && error === failed) return isRetryableResponse(failed.response, options.retryOnStatus)
    return isRetryable(error) || (isRefused && !!options.perOrigin)
  }

  function onRetry(decision: RetryDecision): unknown {
    const response = failed?.response
    // A hook may read the response, may throw, and may take so long that there will be no retry.
    setTimeout(() => response !== kept && releaseResponse(response))
    return options.onRetry?.(decision)
  }

  try {
    return await retry(attempt, { ...options, signal, shouldRetry, onRetry })
  } catch (error) {
    if (error === failed) kept = failed?.response
    else releaseResponse(failed?.response)
    if (kept && !options.throwOnError) return kept
    throw error
  } finally {
    replay.end()
  }
}
