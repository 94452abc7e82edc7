import { fakeTimers } from 'test-fixtures/fake-timers'
import { describe, expect, it, vi } from 'vitest'
import { CircuitOpenError, type Clock, type RetryOptions, retry, systemClock } from './index.ts'

const exact: RetryOptions = { baseDelayMs: 100, jitter: 'none' }

fakeTimers()

/** When the calls were made, and how it ended. */
async function times(error: unknown, options: RetryOptions): Promise<number[]> {
  const startedAt = performance.now()
  const calls: number[] = []
  const promise = retry(() => {
    calls.push(performance.now() - startedAt)
    throw error
  }, options).catch(thrown => expect(thrown).toBe(error))
  await vi.runAllTimersAsync()
  await promise
  return calls
}

describe('a hint from the error', () => {
  it('is waited for, beyond the cap of the own delay', async () => {
    expect(await times({ status: 429, retryAfterMs: 5000 }, { ...exact, maxRetries: 1, maxDelayMs: 500 })).toEqual([
      0, 5000,
    ])
  })

  it('is spread upwards, so that clients with the same hint do not come together', async () => {
    const options: RetryOptions = { maxRetries: 1, random: () => 0.5 }
    expect(await times({ status: 429, retryAfterMs: 5000 }, options)).toEqual([0, 5250])
  })

  it('counts only when it is later than the own delay', async () => {
    expect(await times({ status: 429, retryAfterMs: 10 }, { ...exact, maxRetries: 2 })).toEqual([0, 100, 300])
  })

  it('above maxRetryAfterMs ends the retries at once', async () => {
    expect(await times({ status: 429, retryAfterMs: 60_001 }, exact)).toEqual([0])
    expect(await times({ status: 429, retryAfterMs: 60_000 }, { ...exact, maxRetries: 1 })).toEqual([0, 60_000])
    expect(await times({ status: 429, retryAfterMs: 11 }, { ...exact, maxRetryAfterMs: 10 })).toEqual([0])
  })

  it('that does not fit into the deadline ends them, too', async () => {
    expect(await times({ status: 429, retryAfterMs: 5000 }, { ...exact, deadlineMs: 5000 })).toEqual([0])
  })

  it('may come from delayFromError, whose junk is ignored', async () => {
    expect(await times({}, { ...exact, maxRetries: 1, delayFromError: () => 700 })).toEqual([0, 700])
    for (const junk of [Number.NaN, -5, 'soon' as never]) {
      expect(await times({}, { ...exact, maxRetries: 1, delayFromError: () => junk })).toEqual([0, 100])
    }
  })

  it('is not undercut by a timer that fires early', async () => {
    const early: Clock = { ...systemClock, setTimeout: (fn, ms) => setTimeout(fn, ms - 1) }
    expect(await times({ retryAfterMs: 5000 }, { ...exact, maxRetries: 1, clock: early })).toEqual([0, 5000])
  })

  it('of an open breaker is waited for when shouldRetry says so', async () => {
    const shouldRetry = () => true
    expect(await times(new CircuitOpenError(3000), { ...exact, maxRetries: 1, shouldRetry })).toEqual([0, 3000])
    expect(await times(new CircuitOpenError(3000), exact)).toEqual([0])
  })
})

describe('backoff', () => {
  it('as a function gives the delay as it is, within the cap', async () => {
    const backoff = vi.fn(({ attempt }: { attempt: number }) => [30, 9999, Number.NaN, -5][attempt - 1] ?? 0)

    expect(await times({}, { backoff, maxDelayMs: 500, maxRetries: 4 })).toEqual([0, 30, 530, 1030, 1030])
    expect(backoff.mock.calls[0]?.[0]).toMatchObject({ attempt: 1, retriesLeft: 4, delayMs: 0, errorClass: 'unknown' })
  })

  it('as a function gets the jitter that was asked for', async () => {
    const options: RetryOptions = { backoff: () => 100, jitter: 'equal', random: () => 0.5, maxRetries: 1 }
    expect(await times({}, options)).toEqual([0, 75])
  })

  it('decorrelated grows from the delay before, each call on its own', async () => {
    const numbers = [0.5, 1, 0]
    const options = (): RetryOptions => {
      let n = 0
      return { ...exact, jitter: 'decorrelated', random: () => numbers[n++] ?? 0 }
    }
    const alone = await times({}, options())
    const together = await Promise.all([times({}, options()), times({}, options())])

    expect(alone).toEqual([0, 200, 800, 900])
    expect(together).toEqual([alone, alone])
  })
})
