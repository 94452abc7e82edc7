import { retry } from '@x/retry'

/** Calls a function once; what it gives must come within `ms`, else a `TimeoutError` does. */
export function within<Value>(ms: number | undefined, fn: () => Promise<Value>): Promise<Value> {
  return retry(fn, { maxRetries: 0, timeoutMs: ms })
}
