import { describe, expect, it } from 'vitest'
import { createFetch, type FetchRetryOptions } from './index.ts'
import { faultServer } from './testing.ts'

/** The milliseconds between the first attempt and the second, at the server. */
async function waitAfter(headers: Record<string, string>, options: FetchRetryOptions = {}, status = 429) {
  await using server = await faultServer()
  const url = server.plan('/', { status, headers }, { status: 200 })
  await createFetch({ baseDelayMs: 1, maxDelayMs: 1, ...options })(url)
  const [first, second] = server.requests
  return second && first ? second.receivedAt - first.receivedAt : undefined
}

describe('a hint of the server', () => {
  it('is never undercut', async () => {
    const waits = await Promise.all([
      waitAfter({ 'retry-after-ms': '150' }),
      waitAfter({ 'retry-after': '1' }),
      waitAfter({ 'retry-after': '1' }, {}, 503),
      waitAfter({ ratelimit: '"default";r=0;t=1' }),
      waitAfter({ 'x-ratelimit-reset': '1', 'x-ratelimit-remaining': '0' }),
      waitAfter({ date: 'Sun, 06 Nov 1994 08:49:37 GMT', 'retry-after': 'Sunday, 06-Nov-94 08:49:38 GMT' }),
    ])

    expect(waits[0]).toBeGreaterThanOrEqual(150)
    for (const wait of waits.slice(1)) expect(wait).toBeGreaterThanOrEqual(1000)
    for (const wait of waits) expect(wait).toBeLessThan(5000)
  })

  it('never shortens the own delay', async () => {
    const wait = await waitAfter({ 'retry-after': '0' }, { baseDelayMs: 100, maxDelayMs: 100, jitter: 'none' })

    expect(wait).toBeGreaterThanOrEqual(99)
  })

  it('that asks for longer than allowed hands the response over at once', async () => {
    await using server = await faultServer()
    const url = server.plan('/', { status: 429, headers: { 'retry-after': '86400' }, body: 'tomorrow' })
    const startedAt = performance.now()

    const response = await createFetch()(url)
    const error = await createFetch({ throwOnError: true })(url).catch(e => e)

    expect(await response.text()).toBe('tomorrow')
    expect(error.retryAfterMs).toBe(86_400_000)
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    expect(server.requests).toHaveLength(2)
  })

  it('longer than any timer can wait does not fire at once', async () => {
    const wait = await waitAfter({ 'retry-after': '3000000' }, { maxRetryAfterMs: 100 })

    expect(wait).toBeUndefined()
  })

  it('spreads many clients upwards', async () => {
    const delays: number[] = []
    const failing = async () => new Response(null, { status: 429, headers: { 'retry-after': '2' } })
    const clock = { now: () => 0, setTimeout: (run: () => void) => queueMicrotask(run), clearTimeout() {} }

    const retrying = createFetch({
      fetch: failing,
      clock,
      maxRetries: 1,
      onRetry: ({ delayMs }) => delays.push(delayMs),
    })
    for (let client = 0; client < 200; client++) await retrying('http://a.test')

    expect(Math.min(...delays)).toBeGreaterThanOrEqual(2000)
    expect(Math.max(...delays)).toBeGreaterThan(2000)
    expect(new Set(delays).size).toBeGreaterThan(100)
  })
})
