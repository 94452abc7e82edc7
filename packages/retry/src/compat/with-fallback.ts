import { withFallback as fallBack } from '../with-fallback.ts'

/** The options of the older `withFallback`. */
export interface CompatFallbackOptions {
  readonly onFallback?: ((error: unknown, fnIndex: number) => void) | null | undefined
  readonly abortSignal?: AbortSignal | null | undefined
}

/**
 * The older `withFallback`: `fnIndex` for `index`, and a last failure wrapped.
 *
 * @throws An error whose `cause` is the last function's; `abortSignal.reason`.
 */
export async function withFallback<T>(
  fns: readonly (() => T | PromiseLike<T>)[],
  { onFallback, abortSignal }: CompatFallbackOptions = {},
): Promise<{ result: T; fnIndex: number; errors: unknown[] }> {
  try {
    const { result, index, errors } = await fallBack(fns, {
      signal: abortSignal ?? undefined,
      onFallback: ({ error, index }) => onFallback?.(error, index),
    })
    return { result, fnIndex: index, errors }
  } catch (error) {
    abortSignal?.throwIfAborted()
    const { message = String(error) } = Object(error) as { message?: string }
    throw new Error(`All fallbacks exhausted. Last error: ${message}`, { cause: error })
  }
}
