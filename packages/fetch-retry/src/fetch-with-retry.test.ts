import { TimeoutError } from '@x/retry'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { fetchWithRetry, fetchWithTimeout, HttpError } from './index.ts'
import { type FaultServer, faultServer } from './testing.ts'

describe('fetchWithRetry', () => {
  let server: FaultServer
  beforeAll(async () => {
    server = await faultServer()
  })
  afterAll(() => server.close())

  const sent = (path: string) => server.requests.filter(request => request.path === path)

  it('resolves with the response that succeeds', async () => {
    const url = server.plan('/ok', { status: 503 }, { status: 500 }, { body: 'fine' })

    const response = await fetchWithRetry(url, { baseDelayMs: 1 })

    expect(await response.text()).toBe('fine')
  })

  it('rejects with an HttpError that carries the last response, after 3 retries', async () => {
    const url = server.plan('/down', { status: 503, body: 'down' })

    const error = await fetchWithRetry(url, { baseDelayMs: 1 }).catch(e => e)

    expect(error).toBeInstanceOf(HttpError)
    expect(error.status).toBe(503)
    expect(await error.response.text()).toBe('down')
    expect(error.attempts).toHaveLength(4)
    expect(sent('/down')).toHaveLength(4)
  })

  it('waits 1 s, 2 s and 4 s at most, in the older steps', async () => {
    const delays: number[] = []
    const clock = { now: () => 0, setTimeout: (run: () => void) => queueMicrotask(run), clearTimeout() {} }
    const config = {
      clock,
      random: () => 0.999_999,
      timeoutMs: undefined,
      onRetry: (d: { delayMs: number }) => delays.push(d.delayMs),
    }
    const url = server.plan('/steps', { status: 503 })

    await fetchWithRetry(url, { ...config, maxRetries: 5 }).catch(() => {})

    expect(delays.map(Math.round)).toEqual([1000, 2000, 4000, 8000, 10_000])
  })

  it('hands options to fetch, and obeys the method rule', async () => {
    const url = server.plan('/post', { status: 503 })
    const options = { method: 'POST', body: 'x', headers: { 'x-a': 'b' } }

    await expect(fetchWithRetry(url, { options, baseDelayMs: 1 })).rejects.toThrow(HttpError)

    expect(sent('/post')).toHaveLength(1)
    expect(sent('/post')[0]?.headers['x-a']).toBe('b')
  })

  it('retries the statuses it is given, and no others', async () => {
    const url = server.plan('/teapot', { status: 418 }, { status: 503 }, { status: 200 })

    await expect(fetchWithRetry(url, { baseDelayMs: 1, retryOnStatus: [418] })).rejects.toMatchObject({ status: 503 })
  })

  it('retries an attempt that takes too long', async () => {
    const url = server.plan('/slow', { fault: 'stalled-headers' }, { body: 'fine' })

    const response = await fetchWithRetry(url, { baseDelayMs: 1, timeoutMs: 500 })

    expect(await response.text()).toBe('fine')
  })

  it('rejects for bad options', async () => {
    await expect(fetchWithRetry(server.url, { maxRetries: -1 })).rejects.toThrow(RangeError)
  })
})

describe('fetchWithTimeout', () => {
  it('rejects once the time is up, and obeys the caller as well', async () => {
    await using server = await faultServer()
    const url = server.plan('/', { fault: 'stalled-headers' })
    const controller = new AbortController()

    await expect(fetchWithTimeout(url, {}, 500)).rejects.toThrow(TimeoutError)
    const call = fetchWithTimeout(url, { signal: controller.signal }, 60_000)
    await vi.waitFor(() => expect(server.requests).toHaveLength(2), 5000)
    controller.abort('mine')
    await expect(call).rejects.toBe('mine')
    await expect(fetchWithTimeout(url, {}, -1)).rejects.toThrow(RangeError)
    expect(server.requests).toHaveLength(2)
  })

  it('does not end the body', async () => {
    await using server = await faultServer()
    const url = server.plan('/', { body: 'byte by byte '.repeat(60), fault: 'split-body' })

    const response = await fetchWithTimeout(url, {}, 500)

    expect(await response.text()).toBe('byte by byte '.repeat(60))
  })
})
