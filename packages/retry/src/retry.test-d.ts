import {
  type CircuitBreaker,
  type CircuitBreakerOptions,
  calculateBackoff,
  circuitBreaker,
  createRetry,
  type DelayOptions,
  delay,
  type FallbackOptions,
  type HedgeOptions,
  hedge,
  type PolicyExecuteOptions,
  type ResilientOptions,
  type RetryBudget,
  type RetryBudgetOptions,
  type RetryOptions,
  resilient,
  retry,
  retryable,
  retryBudget,
  retryPolicy,
  withFallback,
  withRetry,
} from './index.ts'

const number: Promise<number> = retry(async () => 1)
const sync: Promise<string> = retry(() => 'x')
const pair: Promise<{ result: number }> = withRetry(() => 1)
const same: typeof retry = createRetry({ maxRetries: 1 })
const double: (n: number) => Promise<number> = retryable(async (n: number) => n * 2)
const tripled: (n: number) => Promise<number> = retryable((n: number) => n * 3)
const method: (this: Date, n: number) => Promise<number> = retryable(async function (this: Date, n: number) {
  return this.getTime() + n
})
// An async function keeps its whole type, type parameters included.
const generic: <T>(value: T) => Promise<T> = retryable(async <T>(value: T): Promise<T> => value)
declare const budget: RetryBudget
declare const breaker: CircuitBreaker
const options: RetryOptions = { budget, breaker, signal: undefined, backoff: ({ attempt }) => attempt * 100 }
void [number, sync, pair, same, double, tripled, method, generic, options]

// @ts-expect-error: the result keeps its type
const wrong: Promise<string> = retry(() => 1)
// @ts-expect-error: the wrapper gives a promise, whatever the function gives
const notNumber: number = retryable((n: number) => n * 2)(1)
// @ts-expect-error: no such backoff
void retry(() => 1, { backoff: 'fibonacci' })
// @ts-expect-error: no such class
void retry(() => 1, { classify: () => 'oops' })
// @ts-expect-error: arguments keep their types
void double('1')
// @ts-expect-error: the context is read-only
void retry(context => (context.attempt = 2))
void [wrong, notNumber]

// An option that is given as `undefined` is one that is not given.
type Undefined<Options> = Record<keyof Options, undefined>
declare const none: Undefined<RetryOptions>
void retry(() => 1, none)
calculateBackoff(1, none)
void retryPolicy(none).execute(() => 1, none as Undefined<PolicyExecuteOptions>)
void delay(1, none as Undefined<DelayOptions>)
void withFallback([() => 1], none as unknown as Undefined<FallbackOptions>)
circuitBreaker(none as unknown as Undefined<CircuitBreakerOptions>)
retryBudget(none as unknown as Undefined<RetryBudgetOptions>)
hedge(none as unknown as Undefined<HedgeOptions>)
resilient(none as unknown as Undefined<ResilientOptions>)
// Whoever knows the result may name its type.
void retry(() => new Response(), { retryOnResult: (response: Response) => response.status === 202 })
// @ts-expect-error options are read-only
options.maxRetries = 1
