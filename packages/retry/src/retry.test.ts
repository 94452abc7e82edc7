import { fakeTimers } from 'test-fixtures/fake-timers'
import { describe, expect, it, vi } from 'vitest'
import {
  createRetry,
  getRetryContext,
  NonRetryableError,
  type RetryOptions,
  retry,
  retryable,
  withRetry,
} from './index.ts'

const exact: RetryOptions = { baseDelayMs: 100, jitter: 'none' }

fakeTimers()

/** Fails the given number of times, then gives 'done'. */
function flaky(failures: number, error: () => unknown = () => new Error('down')) {
  let calls = 0
  return vi.fn(async () => {
    if (++calls <= failures) throw error()
    return 'done'
  })
}

/** Lets all timers pass and tells how the promise ended. */
async function ended<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  const settled = Promise.allSettled([promise])
  await vi.runAllTimersAsync()
  return (await settled)[0] as PromiseSettledResult<T>
}

describe('retry', () => {
  it('starts the function within the call', () => {
    const fn = vi.fn(() => 'done')
    const promise = retry(fn)

    expect(fn).toHaveBeenCalledOnce()
    return expect(promise).resolves.toBe('done')
  })

  it('makes up to four calls by default and rejects with the last error itself', async () => {
    const errors = [1, 2, 3, 4].map(n => new Error(`${n}`))
    let calls = 0
    const fn = vi.fn(() => {
      throw errors[calls++]
    })

    expect(await ended(retry(fn))).toEqual({ status: 'rejected', reason: errors[3] })
    expect(fn).toHaveBeenCalledTimes(4)
  })

  it('waits longer after each failure', async () => {
    const startedAt = performance.now()
    const times: number[] = []
    await ended(
      retry(() => {
        times.push(performance.now() - startedAt)
        throw new Error('down')
      }, exact),
    )

    expect(times).toEqual([0, 100, 300, 700])
  })

  it('counts retries, not calls', async () => {
    const fn = flaky(9)
    await ended(retry(fn, { ...exact, maxRetries: 0 }))

    expect(fn).toHaveBeenCalledOnce()
  })

  it('tells the function the attempt and the error before', async () => {
    const seen: unknown[] = []
    await ended(
      retry(
        ({ attempt, previousError }) => {
          seen.push([attempt, previousError])
          throw attempt
        },
        { ...exact, maxRetries: 2 },
      ),
    )

    expect(seen).toEqual([
      [1, undefined],
      [2, 1],
      [3, 2],
    ])
  })

  it('never retries a bug', async () => {
    const fn = vi.fn((): string => (undefined as unknown as { a: { b: string } }).a.b)

    expect(await ended(retry(fn))).toMatchObject({ reason: { name: 'TypeError' } })
    expect(fn).toHaveBeenCalledOnce()
  })

  it('retries a network failure that is a TypeError', async () => {
    const fn = flaky(1, () => new TypeError('Failed to fetch'))

    expect(await ended(retry(fn))).toMatchObject({ value: 'done' })
  })

  it('stops at a NonRetryableError whatever shouldRetry says, with its cause for the caller', async () => {
    const cause = { no: 'error' }
    const fn = flaky(9, () => new NonRetryableError('stop', { cause }))
    const shouldRetry = vi.fn(() => true)

    expect(((await ended(retry(fn, { shouldRetry }))) as PromiseRejectedResult).reason).toBe(cause)
    expect(fn).toHaveBeenCalledOnce()
    expect(shouldRetry).not.toHaveBeenCalled()
    expect(getRetryContext(cause)?.attempts).toHaveLength(1)
  })

  it('gives a NonRetryableError without a cause itself', async () => {
    const error = new NonRetryableError('stop')

    expect(((await ended(retry(flaky(9, () => error)))) as PromiseRejectedResult).reason).toBe(error)
  })

  it('lets shouldRetry replace the rule, in both directions and asynchronously', async () => {
    const bug = flaky(1, () => new ReferenceError('x is not defined'))
    expect(await ended(retry(bug, { shouldRetry: async () => true }))).toMatchObject({ value: 'done' })

    const transient = flaky(1)
    expect(await ended(retry(transient, { shouldRetry: async () => false }))).toMatchObject({ status: 'rejected' })
  })

  it('retries on a result, and resolves with the last one when the retries are used up', async () => {
    const fn = vi.fn(({ attempt }: { attempt: number }) => attempt)

    expect(await ended(retry(fn, { ...exact, retryOnResult: n => (n as number) < 3 }))).toMatchObject({ value: 3 })
    expect(await ended(retry(fn, { ...exact, retryOnResult: () => true }))).toMatchObject({ value: 4 })
  })

  it('takes thenables', async () => {
    // biome-ignore lint/suspicious/noThenProperty: what is tested
    const thenable = { then: (resolve: (value: string) => void) => resolve('done') } as PromiseLike<string>

    expect(await retry(() => thenable)).toBe('done')
  })

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'down'],
    ['a frozen error', Object.freeze(new Error('down'))],
    ['a function', () => 0],
  ])('keeps the identity of what was thrown: %s', async (_, thrown) => {
    const onGiveUp = vi.fn()
    const result = (await ended(
      retry(
        flaky(9, () => thrown),
        { onGiveUp },
      ),
    )) as PromiseRejectedResult

    expect(result.reason).toBe(thrown)
    expect(onGiveUp.mock.calls[0]?.[0].attempts).toHaveLength(4)
    const once = flaky(1, () => thrown)
    await expect(retry(once, { maxRetries: 0 })).rejects.toBe(thrown)
  })

  it('keeps the history beside the error, of its latest call', async () => {
    const error = new Error('down')
    const slow = () => new Promise<never>((_, reject) => setTimeout(() => reject(error), 30))
    await ended(retry(slow, { ...exact, maxRetries: 5 }))
    const startedAt = performance.now()
    await ended(retry(slow, { ...exact, maxRetries: 1, onGiveUp: () => {} }))

    expect(Object.keys(error)).toEqual([])
    expect(getRetryContext(error)).toEqual({
      elapsedMs: 160,
      attempts: [
        { attempt: 1, error, errorClass: 'unknown', startedAt, durationMs: 30, delayMs: 100 },
        { attempt: 2, error, errorClass: 'unknown', startedAt: startedAt + 130, durationMs: 30, delayMs: 0 },
      ],
    })
    expect(getRetryContext(new Error('other'))).toBeUndefined()
    expect(getRetryContext('down')).toBeUndefined()
  })

  it('counts the time from the first failure on when nothing was there to see the start', async () => {
    const error = new Error('down')
    const slow = () => new Promise<never>((_, reject) => setTimeout(() => reject(error), 30))
    await ended(retry(slow, { ...exact, maxRetries: 1 }))

    expect(getRetryContext(error)).toMatchObject({ elapsedMs: 130, attempts: [{ durationMs: 0 }, { durationMs: 30 }] })
  })

  it('takes no notice of a wall clock that is set back', async () => {
    const fn = flaky(1)
    const promise = ended(retry(fn, { ...exact, deadlineMs: 1000, onRetry: () => vi.setSystemTime(0) }))

    expect(await promise).toMatchObject({ value: 'done' })
  })

  it('retries without end in a memory with an end, keeping the first and the latest attempts', async () => {
    const fn = vi.fn(({ attempt }: { attempt: number }) => {
      if (attempt <= 300) throw new Error(`${attempt}`)
      return attempt
    })
    const result = (await ended(withRetry(fn, { maxRetries: Infinity, baseDelayMs: 1 }))) as PromiseFulfilledResult<
      Awaited<ReturnType<typeof withRetry>>
    >
    const numbers = result.value.context.attempts.map(({ attempt }) => attempt)

    expect(result.value.result).toBe(301)
    expect(numbers).toHaveLength(100)
    expect([numbers[0], numbers[1], numbers[99]]).toEqual([1, 202, 300])
  })
})

describe('withRetry', () => {
  it('gives the failed attempts beside the result', async () => {
    const result = (await ended(withRetry(flaky(2), exact))) as PromiseFulfilledResult<
      Awaited<ReturnType<typeof withRetry>>
    >

    expect(result.value.result).toBe('done')
    expect(result.value.context.attempts.map(({ attempt, delayMs }) => [attempt, delayMs])).toEqual([
      [1, 100],
      [2, 200],
    ])
    expect(result.value.context.elapsedMs).toBe(300)
  })

  it('has no failed attempts after a first success', async () => {
    expect((await withRetry(() => 1)).context).toEqual({ attempts: [], elapsedMs: 0 })
  })
})

describe('createRetry', () => {
  it('merges the options of a call over its own, undefined not counting', async () => {
    const retryOnce = createRetry({ ...exact, maxRetries: 1 })
    const fn = flaky(9)
    await ended(retryOnce(fn, { maxRetries: undefined }))
    expect(fn).toHaveBeenCalledTimes(2)

    await ended(retryOnce(fn, { maxRetries: 2 }))
    expect(fn).toHaveBeenCalledTimes(5)
  })

  it('is not changed by what happens to the object it was given', async () => {
    const defaults = { ...exact, maxRetries: 1 }
    const retryOnce = createRetry(defaults)
    defaults.maxRetries = Number.NaN
    const fn = flaky(9)
    await ended(retryOnce(fn))

    expect(fn).toHaveBeenCalledTimes(2)
  })

  it('throws at once for a bad default', () => {
    expect(() => createRetry({ maxRetries: -1 })).toThrow(RangeError)
  })
})

describe('retryable', () => {
  it('hands on this and the arguments', async () => {
    const counter = {
      count: 2,
      calls: 0,
      add: retryable(async function (this: { count: number; calls: number }, n: number, m: number) {
        if (++this.calls === 1) throw new Error('once')
        return this.count + n + m
      }, exact),
    }

    expect(await ended(counter.add(3, 4))).toMatchObject({ value: 9 })
  })
})
