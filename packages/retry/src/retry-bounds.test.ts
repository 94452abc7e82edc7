import { fakeTimers } from 'test-fixtures/fake-timers'
import { describe, expect, it, vi } from 'vitest'
import { DeadlineError, getRetryContext, type RetryOptions, retry, retryBudget, TimeoutError } from './index.ts'

const exact: RetryOptions = { baseDelayMs: 100, jitter: 'none' }
const never = (): Promise<never> => new Promise(() => {})

fakeTimers()

/** How a call ended, and after how long. */
async function outcome(promise: Promise<unknown>): Promise<{ error?: unknown; value?: unknown; ms: number }> {
  const startedAt = performance.now()
  const settled = promise.then(
    value => ({ value, ms: performance.now() - startedAt }),
    error => ({ error, ms: performance.now() - startedAt }),
  )
  await vi.runAllTimersAsync()
  return settled
}

describe('timeoutMs', () => {
  it('cuts an attempt, aborts its signal with the same error and is retried', async () => {
    const reasons: unknown[] = []
    const { error, ms } = await outcome(
      retry(
        ({ signal }) => {
          signal.addEventListener('abort', () => reasons.push(signal.reason))
          return never()
        },
        { ...exact, maxRetries: 1, timeoutMs: 50 },
      ),
    )

    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({ name: 'TimeoutError', code: 'RETRY_TIMEOUT', timeoutMs: 50 })
    expect(reasons).toHaveLength(2)
    expect(reasons[1]).toBe(error)
    expect(ms).toBe(200)
  })

  it('aborts a signal that is first asked for when the attempt has timed out', async () => {
    let context: { signal: AbortSignal } | undefined
    await outcome(
      retry(
        given => {
          context = given
          return never()
        },
        { maxRetries: 0, timeoutMs: 50 },
      ),
    )

    expect(context?.signal.reason).toBeInstanceOf(TimeoutError)
  })

  it('late results of a cut attempt change nothing and are no unhandled rejections', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    const late = (ms: number, ok: boolean) =>
      new Promise((resolve, reject) => setTimeout(ok ? resolve : reject, ms, 'late'))
    const { value, ms } = await outcome(
      retry(({ attempt }) => (attempt < 3 ? late(75, attempt === 1) : late(20, true).then(() => attempt)), {
        ...exact,
        timeoutMs: 50,
      }),
    )

    expect({ value, ms }).toEqual({ value: 3, ms: 50 + 100 + 50 + 200 + 20 })
    vi.useRealTimers()
    await new Promise(resolve => setTimeout(resolve, 5))
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
    vi.useFakeTimers()
  })

  it('leaves no timer behind a function that throws within the call', async () => {
    const sync = (): never => {
      throw new RangeError('bug')
    }
    expect((await outcome(retry(sync, { timeoutMs: 1000 }))).ms).toBe(0)
  })

  it.each([2 ** 31, 2 ** 40, Infinity, Number.MAX_VALUE])('of %d ms is no timer of 1 ms', async timeoutMs => {
    const slow = () => new Promise(resolve => setTimeout(resolve, 5000, 'done'))

    expect(await outcome(retry(slow, { timeoutMs, deadlineMs: timeoutMs }))).toEqual({ value: 'done', ms: 5000 })
  })
})

describe('deadlineMs', () => {
  it('cuts a running attempt', async () => {
    const onGiveUp = vi.fn()
    let signal: AbortSignal | undefined
    const fn = vi.fn((context: { signal: AbortSignal; attempt: number }) => {
      signal = context.signal
      if (context.attempt === 1) throw new Error('down')
      return never()
    })
    const { error, ms } = await outcome(retry(fn, { ...exact, deadlineMs: 500, onGiveUp }))

    expect(error).toBeInstanceOf(DeadlineError)
    expect(error).toMatchObject({ code: 'RETRY_DEADLINE', deadlineMs: 500, cause: new Error('down') })
    expect(ms).toBe(500)
    expect(signal?.reason).toBe(error)
    expect(onGiveUp).toHaveBeenCalledOnce()
    expect(onGiveUp.mock.calls[0]?.[0]).toMatchObject({ error, errorClass: 'timeout', attempt: 2, elapsedMs: 500 })
    expect(getRetryContext(error)?.attempts).toMatchObject([
      { attempt: 1, durationMs: 0, delayMs: 100 },
      { attempt: 2, error, durationMs: 400, delayMs: 0 },
    ])
  })

  it('refuses a wait that cannot fit, at once and with the last error itself', async () => {
    const last = new Error('down')
    const fn = vi.fn(() => Promise.reject(last))
    const { error, ms } = await outcome(retry(fn, { ...exact, deadlineMs: 300 }))

    expect(error).toBe(last)
    expect(ms).toBe(100)
    expect(fn).toHaveBeenCalledTimes(2)
  })

  it('counts the time of slow hooks', async () => {
    const last = new Error('down')
    const shouldRetry = () => new Promise<boolean>(resolve => setTimeout(resolve, 450, true))
    const onRetry = (): void => void vi.advanceTimersByTime(450)
    for (const hook of [{ shouldRetry }, { onRetry }]) {
      const { error, ms } = await outcome(retry(() => Promise.reject(last), { ...exact, deadlineMs: 500, ...hook }))

      expect(error).toBe(last)
      expect(ms).toBe(450)
    }
  })

  it('tells of no retry and pays for none when shouldRetry has taken the time for it', async () => {
    const budget = retryBudget()
    const onRetry = vi.fn()
    const shouldRetry = () => new Promise<boolean>(resolve => setTimeout(resolve, 450, true))
    await outcome(
      retry(() => Promise.reject(new Error('down')), { ...exact, deadlineMs: 500, budget, onRetry, shouldRetry }),
    )

    expect(onRetry).not.toHaveBeenCalled()
    expect(budget.tokens).toBe(70)
  })

  it('of 0 calls nothing', async () => {
    const fn = vi.fn()
    await expect(retry(fn, { deadlineMs: 0 })).rejects.toBeInstanceOf(DeadlineError)

    expect(fn).not.toHaveBeenCalled()
  })

  it('of 0 is told to onGiveUp and has a context, as any other', async () => {
    const fn = vi.fn()
    const onGiveUp = vi.fn()
    const error = await retry(fn, { deadlineMs: 0, onGiveUp }).catch(error => error)

    expect(error).toMatchObject({ code: 'RETRY_DEADLINE', deadlineMs: 0 })
    expect(onGiveUp.mock.calls).toMatchObject([[{ error, errorClass: 'timeout', attempt: 0, attempts: [] }]])
    expect(getRetryContext(error)?.attempts).toEqual([])
    expect(fn).not.toHaveBeenCalled()
  })
})
