import { circuitBreaker, type RetryBudget } from '@x/retry'
import { describe, expect, it, vi } from 'vitest'
import { createFetch, type FetchRetryOptions, fetchEvents, fetchResumable, fetchWithRetry } from './index.ts'

const FAST: FetchRetryOptions = { baseDelayMs: 1, maxDelayMs: 2 }

/** A fetch whose hosts named `down` answer 503 and all others 200. */
const world = () =>
  vi.fn<typeof fetch>(async input => new Response(null, { status: String(input).includes('down') ? 503 : 200 }))
const CLOCK = { now: () => 0, setTimeout: (run: () => void) => queueMicrotask(run), clearTimeout() {} }

describe('perOrigin', () => {
  it('stops calling an origin that is down, and no other', async () => {
    const fetch = world()
    const retrying = createFetch({ ...FAST, fetch, perOrigin: true, maxRetries: 2, maxRetryAfterMs: 1000 })

    const outcomes: unknown[] = []
    for (let call = 0; call < 10; call++) {
      outcomes.push(
        await retrying('http://down.test/a').then(
          r => r.status,
          (error: Error) => error.name,
        ),
      )
      expect((await retrying('http://up.test/a')).status).toBe(200)
    }

    const sentDown = fetch.mock.calls.filter(([input]) => String(input).includes('down')).length
    expect(outcomes[0]).toBe(503)
    expect(outcomes.slice(1)).toEqual(Array.from({ length: 9 }, () => 'CircuitOpenError'))
    expect(sentDown).toBe(3)
  })

  it('tells origins apart by scheme, host and port, for strings, URLs and requests', async () => {
    const fetch = world()
    const retrying = createFetch({ ...FAST, fetch, perOrigin: true, maxRetries: 2, maxRetryAfterMs: 1000 })
    await retrying('http://down.test/a')

    await expect(retrying(new URL('http://down.test/b'))).rejects.toThrow('Circuit open')
    await expect(retrying(new Request('http://down.test/c'))).rejects.toThrow('Circuit open')
    expect((await retrying('http://down.test:81/')).status).toBe(503)
    expect((await retrying('https://down.test/')).status).toBe(503)
  })

  it('waits for the breaker within what the server may ask for, a POST too: nothing has been sent', async () => {
    let now = 0
    const clock = {
      now: () => now,
      setTimeout(run: () => void, ms: number) {
        queueMicrotask(() => {
          now += ms
          run()
        })
      },
      clearTimeout() {},
    }
    let isDown = true
    const fetch = vi.fn(async () => new Response(null, { status: isDown ? 503 : 200 }))
    const retrying = createFetch({ ...FAST, clock, fetch, perOrigin: true, maxRetries: 2 })
    await retrying('http://a.test/')
    isDown = false

    const response = await retrying('http://a.test/', { method: 'POST', body: 'x' })

    expect(response.status).toBe(200)
    expect(now).toBeGreaterThanOrEqual(5000)
    expect(fetch).toHaveBeenCalledTimes(4)
  })

  it('does not count answers that are nobody’s outage', async () => {
    const fetch = vi.fn(async () => new Response(null, { status: 404 }))
    const retrying = createFetch({ ...FAST, fetch, perOrigin: true })

    for (let call = 0; call < 1000; call++) expect((await retrying('http://a.test/')).status).toBe(404)
  })

  it('bounds the retries of an origin by a budget', async () => {
    const fetch = world()
    const breaker = circuitBreaker({ consecutiveFailures: 1e6, minimumCalls: 1e6 })
    const retrying = createFetch({ ...FAST, clock: CLOCK, fetch, perOrigin: true, breaker })

    for (let call = 0; call < 50; call++) await retrying('http://down.test/')

    const retries = fetch.mock.calls.length - 50
    expect(retries).toBeGreaterThan(0)
    expect(retries).toBeLessThan(10)
  })

  it('leaves alone what is given', async () => {
    const budget: RetryBudget = { tokens: 0, tryWithdraw: vi.fn(() => false), deposit() {} }
    const fetch = world()

    const response = await createFetch({ fetch, perOrigin: true, budget, breaker: undefined })('http://down.test/')

    expect(response.status).toBe(503)
    expect(budget.tryWithdraw).toHaveBeenCalledTimes(1)
  })

  it('is kept over the calls of fetchWithRetry, fetchEvents and fetchResumable', async () => {
    const fetch = world()
    const options = { ...FAST, fetch, perOrigin: true, maxRetries: 2, maxRetryAfterMs: 1000 }

    await expect(fetchWithRetry('http://down.shared.test', options)).rejects.toThrow('HTTP 503')

    await expect(fetchWithRetry('http://down.shared.test', options)).rejects.toThrow('Circuit open')
    await expect(fetchEvents('http://down.shared.test', {}, options).next()).rejects.toThrow('Circuit open')
    await expect(fetchResumable('http://down.shared.test', {}, options)).rejects.toThrow('Circuit open')
    expect(fetch).toHaveBeenCalledTimes(3)
  })

  it('rejects what is no URL', async () => {
    await expect(createFetch({ perOrigin: true })('//')).rejects.toThrow(TypeError)
  })
})
