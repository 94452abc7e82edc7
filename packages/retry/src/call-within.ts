import type { Attempt } from './attempt.ts'
import type { PolicyFunction } from './policy.ts'
import type { RetryOptions } from './retry-options.ts'

/**
 * Calls once, with the attempt for its context, and rejects at once when the caller aborts or `timeoutMs` has passed;
 * leaves neither timer nor listener.
 */
export function callWithin<T>(fn: PolicyFunction<T>, attempt: Attempt, options: RetryOptions): Promise<T> {
  const { signal } = options
  return new Promise<T>((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const release = (): void => {
      attempt.end()
      signal?.removeEventListener('abort', onAbort)
    }
    const onAbort = (): void => {
      release()
      reject(signal?.reason)
      attempt.abort(signal?.reason)
    }
    signal?.addEventListener('abort', onAbort)
    // `finally` would make a second promise, whose rejection nobody handles.
    new Promise<T>(settle => settle(attempt.call(fn, options))).then(
      value => {
        release()
        resolve(value)
      },
      error => {
        release()
        reject(error)
      },
    )
  })
}
