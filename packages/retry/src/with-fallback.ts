import { Attempt } from './attempt.ts'
import { callWithin } from './call-within.ts'
import { checkOption, checkOptions, FUNCTION, type Rule, type Rules, SIGNAL } from './check-option.ts'
import { callHook } from './hook.ts'

const FUNCTIONS: Rule = {
  accepted: 'an array of functions',
  accepts: fns => Array.isArray(fns) && fns[0] && fns.every(FUNCTION.accepts),
}
const RULES: Rules = { signal: SIGNAL, shouldFallback: FUNCTION, onFallback: FUNCTION, onHookError: FUNCTION }

/** When the next function may be tried, and who is told. */
export interface FallbackOptions {
  /** Aborting it rejects at once with `signal.reason`; no further function is called. */
  readonly signal?: AbortSignal | undefined
  /** Whether the next function may be tried after such an error. */
  readonly shouldFallback?: ((error: unknown) => boolean) | undefined
  /** Told when a function has failed and the next one is tried. */
  readonly onFallback?: ((event: { readonly error: unknown; readonly index: number }) => void) | undefined
  readonly onHookError?: ((error: unknown) => void) | undefined
}

/**
 * Calls functions one after the other until one succeeds; tells which one it was, and what the others failed with.
 *
 * @throws The last error itself, when none succeeds; `signal.reason`; TypeError when there is no function.
 *
 * @example
 * ```ts
 * import { withFallback } from '@x/retry'
 *
 * const fromServer = () => Promise.reject(new Error('offline'))
 * const fromCache = () => 'yesterday'
 * const { result, index } = await withFallback([fromServer, fromCache])
 * result // => 'yesterday'
 * index // => 1
 * ```
 */
export async function withFallback<T>(
  fns: readonly (() => T | PromiseLike<T>)[],
  options: FallbackOptions = {},
): Promise<{ result: T; index: number; errors: unknown[] }> {
  checkOptions(options, RULES)
  const { signal, shouldFallback, onFallback, onHookError } = options
  checkOption('fns', fns ?? null, FUNCTIONS)
  const errors: unknown[] = []
  for (;;) {
    const index = errors.length
    const fn = fns[index] as () => T | PromiseLike<T>
    try {
      return { result: await callWithin(() => fn(), new Attempt(1, undefined, signal), { signal }), index, errors }
    } catch (error) {
      signal?.throwIfAborted()
      errors.push(error)
      const isWanted = callHook(() => shouldFallback?.(error) ?? true, onHookError)
      if (errors.length === fns.length || !isWanted) throw error
      callHook(() => onFallback?.({ error, index }), onHookError)
    }
  }
}
