import { checkOption, OBJECT } from '../check-option.ts'
import { retry } from '../retry.ts'
import { calculateBackoffForError } from './backoff.ts'
import { isRetryable } from './error-type.ts'
import { RETRY_CONFIG, type RetryConfig } from './retry-config.ts'
import { RetryContext } from './retry-context.ts'

/** The options of the older `withRetry`: hooks take their arguments by position. */
export interface CompatRetryOptions {
  readonly maxRetries?: number | undefined
  /** `attempt` is the number of the retry that follows, from 1. */
  readonly onRetry?:
    | ((error: unknown, attempt: number, delayMs: number, context: RetryContext) => void)
    | null
    | undefined
  /** Narrows what is retried; `attempt` counts from 0. */
  readonly shouldRetry?: ((error: unknown, attempt: number) => boolean) | null | undefined
  /** Only what differs from `RETRY_CONFIG` need be given. */
  readonly config?: Partial<RetryConfig> | undefined
  readonly abortSignal?: AbortSignal | null | undefined
}

/**
 * The older `withRetry`, on the loop of `retry`: an abort ends it at once with the signal's own reason, and 3 retries
 * are up to 4 calls.
 *
 * @throws The last error itself; `abortSignal.reason`.
 *
 * @example
 * ```ts
 * import { withRetry } from '@x/retry/compat'
 *
 * const { result, context } = await withRetry(async () => 'done')
 * result // => 'done'
 * context.getSummary().attempts // => 1
 * ```
 */
export async function withRetry<T>(
  fn: () => T | PromiseLike<T>,
  options: CompatRetryOptions = {},
): Promise<{ result: T; context: RetryContext }> {
  checkOption('options', options, OBJECT)
  const { maxRetries = RETRY_CONFIG.MAX_RETRIES, onRetry, shouldRetry, config = RETRY_CONFIG, abortSignal } = options
  const context = new RetryContext(maxRetries, config)
  const result = await retry(() => fn(), {
    maxRetries,
    maxDelayMs: config.MAX_DELAY_MS ?? RETRY_CONFIG.MAX_DELAY_MS,
    signal: abortSignal ?? undefined,
    backoff: ({ attempt, error }) => calculateBackoffForError(attempt - 1, error, config),
    shouldRetry: ({ attempt, error }) => isRetryable(error) && (shouldRetry?.(error, attempt - 1) ?? true),
    onRetry({ attempt, error, delayMs }) {
      context.recordAttempt(error, delayMs)
      onRetry?.(error, attempt, delayMs, context)
    },
  })
  context.recordSuccess()
  return { result, context }
}

/** Calls all functions at once, each with retries of its own, and rejects with the first that gives up. */
export async function withRetryParallel<T>(
  fns: readonly (() => T | PromiseLike<T>)[],
  options: CompatRetryOptions = {},
): Promise<{ result: T; context: RetryContext }[]> {
  return Promise.all(fns.map(fn => withRetry(fn, options)))
}
