import { Attempt } from './attempt.ts'
import { COUNT, checkOptions, DURATION, FUNCTION, type Rules } from './check-option.ts'
import { type Clock, startTimer, systemClock } from './clock.ts'
import { callHook } from './hook.ts'
import type { Policy, PolicyFunction } from './policy.ts'
import type { RetryBudget } from './retry-budget.ts'

const RULES: Rules = { delayMs: DURATION, maxHedges: COUNT, onHedge: FUNCTION, onHookError: FUNCTION }

/** When another call is started beside a slow one, and how many. */
export interface HedgeOptions {
  /**
   * How long a call may take before another one is started beside it. The time that 95 % of the calls keep is a good
   * one: it costs 5 % more calls.
   * @defaultValue 1000
   */
  readonly delayMs?: number | undefined
  /**
   * How many calls are started beside the first at most, one after each delay.
   * @defaultValue 1
   */
  readonly maxHedges?: number | undefined
  /** Pays for each hedge as for a retry; when it is empty there is none. */
  readonly budget?: RetryBudget | undefined
  /** Told when a hedge is started. */
  readonly onHedge?: ((event: { readonly attempt: number }) => void) | undefined
  readonly onHookError?: ((error: unknown) => void) | undefined
  readonly unref?: boolean | undefined
  readonly clock?: Clock | undefined
}

/**
 * Makes a policy against slow calls: it starts a second one when the first takes too long, takes whichever succeeds
 * first, and aborts the other.
 *
 * Only for what may happen twice. It is no retry: a call that fails while no other is under way fails at once, and when
 * all have failed, the last error is the caller's. After Jeffrey Dean and Luiz André Barroso, "The Tail at Scale"
 * (Communications of the ACM, 2013).
 *
 * @throws TypeError or RangeError for a bad option.
 *
 * @example
 * ```ts
 * import { delay, hedge, type PolicyContext } from '@x/retry'
 *
 * let calls = 0
 * const slowAtFirst = async ({ signal }: PolicyContext) => {
 *   if (++calls === 1) await delay(10_000, { signal })
 *   return calls
 * }
 * await hedge({ delayMs: 5 }).execute(slowAtFirst) // => 2
 * ```
 */
export function hedge(options: HedgeOptions = {}): Policy {
  checkOptions(options, RULES)
  const { delayMs = 1000, maxHedges = 1, budget, clock = systemClock, unref, onHookError } = { ...options }
  return {
    execute: <T>(fn: PolicyFunction<T>, { signal }: { readonly signal?: AbortSignal | undefined } = {}) =>
      new Promise<T>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const running = new Set<Attempt>()
        let started = 0
        let isSettled = false
        let cancelTimer: (() => void) | undefined

        const settle = (reason: unknown): void => {
          isSettled = true
          cancelTimer?.()
          signal?.removeEventListener('abort', onAbort)
          for (const attempt of running) attempt.abort(reason)
        }
        const onAbort = (): void => {
          reject(signal?.reason)
          settle(signal?.reason)
        }
        const begin = (): void => {
          const attempt = new Attempt(++started)
          running.add(attempt)
          if (started <= maxHedges) {
            cancelTimer = startTimer(clock, delayMs, unref, () => {
              if (budget?.tryWithdraw('timeout') === false) return
              callHook(() => options.onHedge?.({ attempt: started + 1 }), onHookError)
              if (!isSettled) begin()
            })
          }
          // A clock is somebody's code and may have aborted.
          if (isSettled) {
            cancelTimer?.()
            return
          }
          new Promise<T>(start => start(fn(attempt))).then(
            value => {
              running.delete(attempt)
              if (isSettled) return
              resolve(value)
              budget?.deposit()
              settle(new DOMException('Another call was faster', 'AbortError'))
            },
            error => {
              running.delete(attempt)
              if (isSettled || running.size > 0) return
              reject(error)
              settle(error)
            },
          )
        }
        signal?.addEventListener('abort', onAbort)
        begin()
      }),
  }
}
