import { growth, spread } from './backoff.ts'
import { classifyError, type ErrorClass } from './classify-error.ts'
import { callHook } from './hook.ts'
import { delayFromError } from './retry-after.ts'
import type { RetryDecision, RetryOptions } from './retry-options.ts'

/*
 * What the options say of a failure. A function among them that throws is reported, and counts as not given;
 * `shouldRetry` alone then counts as a no, since only it knows what must not be done twice.
 */

export function classOf(error: unknown, { classify, onHookError }: RetryOptions): ErrorClass {
  return callHook(() => classify?.(error), onHookError) ?? classifyError(error)
}

export function hintOf(error: unknown, options: RetryOptions): number | undefined {
  const hintMs = callHook(() => (options.delayFromError ?? delayFromError)(error), options.onHookError)
  return hintMs !== undefined && hintMs >= 0 ? hintMs : undefined
}

/** The delay by `backoff` and `jitter` alone. */
export function delayOf(decision: RetryDecision, options: RetryOptions, previousDelayMs: number | undefined): number {
  const { backoff, jitter = 'none', onHookError } = options
  const givenMs = typeof backoff === 'function' ? callHook(() => backoff(decision), onHookError) : undefined
  if (givenMs !== undefined) return spread(givenMs, options, jitter)
  return spread(growth(decision.attempt, options, previousDelayMs), options)
}

export function isRefused(result: unknown, { retryOnResult, onHookError }: RetryOptions): boolean {
  return callHook(() => retryOnResult?.(result), onHookError) === true
}

export async function isWanted(decision: RetryDecision, options: RetryOptions): Promise<boolean> {
  try {
    return (await callHook(() => options.shouldRetry?.(decision), options.onHookError)) === true
  } catch {
    // Reported by callHook.
    return false
  }
}
