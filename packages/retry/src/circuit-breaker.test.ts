import { fakeTimers } from 'test-fixtures/fake-timers'
import { describe, expect, it, vi } from 'vitest'
import { fail, succeed } from '../test/breaker-calls.ts'
import { CircuitOpenError, circuitBreaker, getRetryContext, retry } from './index.ts'

const down = () => Promise.reject(new Error('down'))
const fine = async () => 'fine'

fakeTimers()

describe('a closed breaker', () => {
  it('opens after three failures in a row when it is quiet', async () => {
    const breaker = circuitBreaker()
    await fail(breaker, 2)
    await succeed(breaker, 1)
    await fail(breaker, 2)
    expect(breaker.state).toBe('closed')
    await fail(breaker, 1)

    expect(breaker.state).toBe('open')
  })

  it('opens at half of ten or more calls in the window when it is busy', async () => {
    const breaker = circuitBreaker()
    await succeed(breaker, 10)
    await fail(breaker, 9)
    expect(breaker.state).toBe('closed')
    await fail(breaker, 1)

    expect(breaker.state).toBe('open')
  })

  it('forgets what is older than its window', async () => {
    const breaker = circuitBreaker()
    await succeed(breaker, 50)
    await vi.advanceTimersByTimeAsync(10_000)
    await fail(breaker, 3)

    expect(breaker.state).toBe('open')
  })

  it.each([
    ['404', { status: 404 }, 1000],
    ['429', { status: 429 }, 1000],
    ['bug', new TypeError('x is not a function'), 1000],
    ['abort', new DOMException('x', 'AbortError'), 1000],
    ['rejection of a breaker', new CircuitOpenError(5), 1000],
  ])('stays closed whatever the number of this: %s', async (_, error, times) => {
    const breaker = circuitBreaker()
    await fail(breaker, times, error)

    expect(breaker.state).toBe('closed')
  })

  it('takes a 404 for an answer, and an abort for nothing', async () => {
    const breaker = circuitBreaker()
    await fail(breaker, 2)
    await fail(breaker, 1, { status: 404 })
    await fail(breaker, 2)
    expect(breaker.state).toBe('closed')

    await fail(breaker, 5, new DOMException('x', 'AbortError'))
    await fail(breaker, 1)
    expect(breaker.state).toBe('open')
  })

  it.each([new TypeError('bug'), { status: 429 }, new CircuitOpenError(5)])('takes for nothing: %o', async error => {
    const breaker = circuitBreaker()
    await fail(breaker, 2)
    await fail(breaker, 1, error)
    await fail(breaker, 1)
    expect(breaker.state).toBe('open')
  })

  it('may be told what a failure is', async () => {
    const breaker = circuitBreaker({ isFailure: errorClass => errorClass === 'rate_limit' })
    await fail(breaker, 3)
    expect(breaker.state).toBe('closed')
    await fail(breaker, 3, { status: 429 })

    expect(breaker.state).toBe('open')
  })
})

describe('an open breaker', () => {
  it('rejects at once with a new error that says when to come back', async () => {
    const breaker = circuitBreaker()
    await fail(breaker, 3)
    await vi.advanceTimersByTimeAsync(1000)
    const fn = vi.fn(fine)
    const errors = await Promise.all([breaker.execute(fn), breaker.execute(fn)].map(call => call.catch(e => e)))

    expect(errors[0]).toBeInstanceOf(CircuitOpenError)
    expect(errors[0]).toMatchObject({ name: 'CircuitOpenError', code: 'RETRY_CIRCUIT_OPEN', retryAfterMs: 4000 })
    expect(errors[1]).not.toBe(errors[0])
    expect(fn).not.toHaveBeenCalled()
  })

  it('is half-open after its time, without a timer', async () => {
    const breaker = circuitBreaker()
    await fail(breaker, 3)
    await vi.advanceTimersByTimeAsync(4999)
    expect(breaker.state).toBe('open')
    await vi.advanceTimersByTimeAsync(1)
    expect(breaker.state).toBe('half-open')
    await succeed(breaker, 1)

    expect(breaker.state).toBe('closed')
  })
})

describe('by hand', () => {
  it('isolate lets nothing through until reset', async () => {
    const breaker = circuitBreaker()
    breaker.isolate()
    await vi.advanceTimersByTimeAsync(60_000)
    await expect(breaker.execute(fine)).rejects.toMatchObject({ retryAfterMs: Infinity })
    breaker.reset()

    await expect(breaker.execute(fine)).resolves.toBe('fine')
  })

  it('tells of each change, and of none after the undo', async () => {
    const onHookError = vi.fn()
    const breaker = circuitBreaker({ onHookError })
    const listener = vi.fn(() => {
      throw new Error('listener')
    })
    const other = vi.fn()
    const undo = breaker.on('state-changed', listener)
    breaker.on('state-changed', other)
    await fail(breaker, 3)
    undo()
    await vi.advanceTimersByTimeAsync(5000)
    await succeed(breaker, 1)

    expect(listener.mock.calls).toEqual([
      [{ type: 'state-changed', from: 'closed', to: 'open', errorClass: 'unknown' }],
    ])
    expect(other.mock.calls.map(([{ to }]) => to)).toEqual(['open', 'half-open', 'closed'])
    expect(onHookError).toHaveBeenCalledOnce()
  })

  it('an exported state goes on in another process with another clock', async () => {
    const breaker = circuitBreaker()
    await fail(breaker, 3)
    await vi.advanceTimersByTimeAsync(2000)
    const text = JSON.stringify(breaker.exportState())
    let now = 1_000_000
    const clock = { now: () => now, setTimeout: () => {}, clearTimeout: () => {} }
    const other = circuitBreaker({ clock, initialState: JSON.parse(text) })

    expect(other.state).toBe('open')
    await expect(other.execute(fine)).rejects.toMatchObject({ retryAfterMs: 3000 })
    now += 3000
    await succeed(other, 1)
    expect(other.state).toBe('closed')
  })

  it('an exported state keeps the calls of the window', async () => {
    const breaker = circuitBreaker()
    await succeed(breaker, 10)
    await fail(breaker, 9)
    const other = circuitBreaker({ initialState: breaker.exportState() })
    await fail(other, 1)

    expect(other.state).toBe('open')
  })
})

describe('as an option of retry', () => {
  it('sees attempts, and its rejection ends the call with its own error', async () => {
    const breaker = circuitBreaker()
    const fn = vi.fn(down)
    const call = retry(fn, { breaker, maxRetries: 5, baseDelayMs: 1 }).catch(error => error)
    await vi.runAllTimersAsync()

    expect(await call).toBeInstanceOf(CircuitOpenError)
    expect(fn).toHaveBeenCalledTimes(3)
  })

  it('refused in mid-retry, the call tells as cause what its function failed with last, and no refusal', async () => {
    const error = new Error('down')
    // Refused several times in a row, since it does not wait for the breaker.
    const impatient = { maxRetries: 9, baseDelayMs: 1, delayFromError: () => undefined, shouldRetry: () => true }
    const call = retry(() => Promise.reject(error), { ...impatient, breaker: circuitBreaker() }).catch(thrown => thrown)
    await vi.runAllTimersAsync()
    const thrown = await call

    expect(
      getRetryContext(thrown)
        ?.attempts.map(({ errorClass }) => errorClass)
        .slice(2, 5),
    ).toEqual(['unknown', 'circuit_open', 'circuit_open'])
    expect(thrown).toBeInstanceOf(CircuitOpenError)
    expect(thrown.cause).toBe(error)
  })

  it('refused at its first attempt, the call has no cause', async () => {
    const breaker = circuitBreaker()
    breaker.isolate()
    const thrown = await retry(fine, { breaker, maxRetries: 1 }).catch(thrown => thrown)

    expect(thrown).toBeInstanceOf(CircuitOpenError)
    expect(thrown).not.toHaveProperty('cause')
  })

  it('an attempt that timed out counts, one that the caller aborted does not', async () => {
    const timed = circuitBreaker()
    const call = retry(() => new Promise(() => {}), { breaker: timed, timeoutMs: 5, baseDelayMs: 1 }).catch(() => {})
    await vi.runAllTimersAsync()
    await call
    expect(timed.state).toBe('open')

    const aborted = circuitBreaker({ consecutiveFailures: 1 })
    const controller = new AbortController()
    const waiting = retry(() => new Promise(() => {}), { breaker: aborted, signal: controller.signal }).catch(() => {})
    controller.abort()
    await waiting
    expect(aborted.exportState()).toMatchObject({ state: 'closed', calls: [] })
  })

  it('a deadline that cuts an attempt does not count', async () => {
    const breaker = circuitBreaker({ consecutiveFailures: 1 })
    const call = retry(() => new Promise(() => {}), { breaker, deadlineMs: 5 }).catch(() => {})
    await vi.runAllTimersAsync()
    await call

    expect(breaker.state).toBe('closed')
  })
})
