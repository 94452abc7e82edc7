import { capped, ownDelay, spread } from './backoff.ts'
import { classifyError, type ErrorClass } from './classify-error.ts'
import { reportHookError } from './hook.ts'
import { delayFromError } from './retry-after.ts'
import type { RetryDecision, RetryOptions } from './retry-options.ts'

/*
 * What the options say of a failure. A function among them that throws is reported, and counts as not given;
 * `shouldRetry` alone then counts as a no, since only it knows what must not be done twice.
 */

export function classOf(error: unknown, { classify, onHookError }: RetryOptions): ErrorClass {
  return attempt(() => classify?.(error), onHookError) ?? classifyError(error)
}

export function hintOf(error: unknown, options: RetryOptions): number | undefined {
  const hintMs = attempt(() => (options.delayFromError ?? delayFromError)(error), options.onHookError)
  return hintMs !== undefined && hintMs >= 0 ? hintMs : undefined
}

/** The delay by `backoff` and `jitter` alone. */
export function delayOf(decision: RetryDecision, options: RetryOptions, previousDelayMs: number | undefined): number {
  const { backoff, jitter, onHookError } = options
  const givenMs = typeof backoff === 'function' ? attempt(() => backoff(decision), onHookError) : undefined
  if (givenMs === undefined) return ownDelay(decision.attempt, options, previousDelayMs)
  return jitter === undefined ? capped(givenMs, options) : spread(capped(givenMs, options), options)
}

export function isRefused(result: unknown, { retryOnResult, onHookError }: RetryOptions): boolean {
  return attempt(() => retryOnResult?.(result), onHookError) === true
}

export async function isWanted(decision: RetryDecision, options: RetryOptions): Promise<boolean> {
  try {
    return Boolean(await options.shouldRetry?.(decision))
  } catch (error) {
    reportHookError(error, options.onHookError)
    return false
  }
}

function attempt<T>(call: () => T, onHookError: RetryOptions['onHookError']): T | undefined {
  try {
    return call()
  } catch (error) {
    reportHookError(error, onHookError)
    return undefined
  }
}
