import { type RetryOptions, retry } from '@x/retry'
import { isRefusal } from './errors.ts'
import type { Surroundings } from './surroundings.ts'

/** Does it as soon as the store can, or rejects when the manager is disposed. */
export function persist<T>(
  fn: () => Promise<T>,
  { disposed, clock }: Surroundings,
  options: Pick<RetryOptions, 'signal' | 'onRetry'> = {},
): Promise<T> {
  return retry(fn, {
    maxRetries: Number.POSITIVE_INFINITY,
    baseDelayMs: 250,
    maxDelayMs: 5000,
    shouldRetry: ({ error }) => !isRefusal(error) && !disposed.aborted,
    signal: disposed,
    clock,
    ...options,
  })
}
