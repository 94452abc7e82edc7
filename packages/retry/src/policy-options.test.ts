import { describe, expect, it } from 'vitest'
import { withRetry, withRetryParallel } from './compat/index.ts'
import {
  calculateBackoff,
  circuitBreaker,
  compose,
  delay,
  hedge,
  type Policy,
  resilient,
  retryBudget,
  retryPolicy,
  timeout,
  withFallback,
  withTimeout,
} from './index.ts'

const bad: readonly [string, () => unknown, string][] = [
  ['circuitBreaker', () => circuitBreaker({ failureRatio: 2 }), '`failureRatio` must be a number from 0 to 1, got 2'],
  ['circuitBreaker', () => circuitBreaker({ probes: 0 }), '`probes` must be an integer >= 1, got 0'],
  [
    'circuitBreaker',
    () => circuitBreaker({ openMs: Number.NaN }),
    '`openMs` must be a number of milliseconds >= 0, got NaN',
  ],
  [
    'circuitBreaker',
    () => circuitBreaker({ probes: 2, probeThreshold: 3 }),
    '`probeThreshold` must be at most `probes` (2), got 3',
  ],
  ['circuitBreaker', () => circuitBreaker({ windowMs: 0 }), '`windowMs` must be a finite number > 0, got 0'],
  [
    'circuitBreaker',
    () => circuitBreaker({ windowMs: Number.POSITIVE_INFINITY }),
    '`windowMs` must be a finite number > 0, got Infinity',
  ],
  ['retryBudget', () => retryBudget({ cost: Number.NaN }), '`cost` must be a number >= 0, got NaN'],
  ['retryBudget', () => retryBudget({ cost: -5 }), '`cost` must be a number >= 0, got -5'],
  ['retryBudget', () => retryBudget({ cost: { timeout: -5 } }), '`timeout` must be a number >= 0, got -5'],
  ['retryBudget', () => retryBudget({ maxTokens: -1 }), '`maxTokens` must be a number >= 0, got -1'],
  ['hedge', () => hedge({ maxHedges: 1.5 }), '`maxHedges` must be an integer >= 1, got 1.5'],
  ['retryPolicy', () => retryPolicy({ maxRetries: -1 }), '`maxRetries` must be an integer >= 0, got -1'],
  ['resilient', () => resilient({ timeoutMs: -1 }), '`timeoutMs` must be a number of milliseconds >= 0, got -1'],
  ['resilient', () => resilient({ hedge: { delayMs: -1 } }), '`delayMs` must be a number of milliseconds >= 0, got -1'],
]

const succeeds = () => 1

describe('a bad option', () => {
  it.each(bad)('of %s is refused when it is given: %#', (_, make, message) => {
    expect(make).toThrow(RangeError)
    expect(make).toThrow(message)
  })

  it.each([() => retryBudget({ cost: 'cheap' as never }), () => retryBudget({ cost: null as never })])(
    'of the wrong kind is a TypeError: %#',
    (make: () => unknown) => {
      expect(make).toThrow(TypeError)
    },
  )

  it.each([[undefined, timeout(10)], [timeout(10), null], [{}], [5]])(
    'is no policy among those to compose, which would drop the rest: %#',
    (...policies) => {
      expect(() => compose(...(policies as Policy[]))).toThrow(TypeError)
    },
  )

  it.each([[null], [undefined], [[]], [[5, succeeds]], [[succeeds, undefined]], ['ab']])(
    'of withFallback, %j instead of functions, calls none',
    async (fns: unknown) => {
      await expect(withFallback(fns as never)).rejects.toThrow('`fns` must be an array of functions, got')
    },
  )

  it('of withFallback is a rejection', async () => {
    await expect(withFallback([() => 1], { onFallback: 1 as never })).rejects.toThrow(TypeError)
  })
})

it.each<[string, () => unknown]>([
  ['calculateBackoff', () => calculateBackoff(1, null as never)],
  ['circuitBreaker', () => circuitBreaker(null as never)],
  ['hedge', () => hedge(null as never)],
  ['retryBudget', () => retryBudget(null as never)],
  ['delay', () => delay(5, null as never)],
  ['resilient', () => resilient(null as never)],
  ['withRetryParallel', () => withRetryParallel([succeeds], null as never)],
  ['withTimeout', () => withTimeout(succeeds, 5, null as never)],
  ['withFallback', () => withFallback([succeeds], null as never)],
  ['withRetry of compat', () => withRetry(succeeds, null as never)],
])('null for the options of %s was an error of the engine', async (_, make) => {
  await expect((async () => make())()).rejects.toThrow(new TypeError('`options` must be an object, got null'))
})
