import { getEventListeners } from 'node:events'
import { DeadlineError, TimeoutError } from '@x/retry'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createFetch, type FetchRetryOptions } from './index.ts'
import { type FaultServer, faultServer } from './testing.ts'

const FAST: FetchRetryOptions = { baseDelayMs: 1, maxDelayMs: 2 }

const listenersOf = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

describe("the caller's signal", () => {
  let server: FaultServer
  let count = 0
  const plan = (...replies: Parameters<FaultServer['plan']>[1][]) => server.plan(`/signals-${++count}`, ...replies)
  const sent = (url: string) => server.requests.filter(request => server.url + request.path === url)

  beforeAll(async () => {
    server = await faultServer()
  })
  afterAll(() => server.close())

  it('aborted before sends nothing and rejects with its reason', async () => {
    const reason = { why: 'before' }
    const url = plan({})

    await expect(createFetch()(url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)

    expect(sent(url)).toHaveLength(0)
  })

  it('aborted in flight rejects at once with its reason, with and without a timeout', async () => {
    for (const options of [FAST, { ...FAST, timeoutMs: 5000 }]) {
      const controller = new AbortController()
      const reason = { why: 'in flight' }
      const url = plan({ fault: 'stalled-headers' })

      const call = createFetch(options)(url, { signal: controller.signal })
      await vi.waitFor(() => expect(sent(url)).toHaveLength(1))
      controller.abort(reason)

      await expect(call).rejects.toBe(reason)
      expect(sent(url)).toHaveLength(1)
      await vi.waitFor(() => expect(listenersOf(controller.signal)).toBe(0))
    }
  })

  it('aborted in the wait rejects at once with its reason and sends no more', async () => {
    const controller = new AbortController()
    const reason = 'a string'
    const url = plan({ status: 503 })
    const startedAt = performance.now()

    const onRetry = () => void setTimeout(() => controller.abort(reason), 50)

    const call = createFetch({ baseDelayMs: 60_000, maxDelayMs: 60_000, jitter: 'none', onRetry })(url, controller)
    await expect(call).rejects.toBe(reason)

    expect(performance.now() - startedAt).toBeLessThan(10_000)
    expect(sent(url)).toHaveLength(1)
  })

  it('aborted in a hook rejects with its reason and sends no more', async () => {
    for (const hook of ['onRetry', 'shouldRetry'] as const) {
      const controller = new AbortController()
      const url = plan({ status: 503 })
      const stop = () => {
        controller.abort(hook)
        return true
      }

      const call = createFetch({ ...FAST, [hook]: stop })(url, { signal: controller.signal })
      await expect(call).rejects.toBe(hook)

      expect(sent(url)).toHaveLength(1)
    }
  })

  it('by AbortSignal.timeout is the caller’s abort: no retry', async () => {
    const url = plan({ fault: 'stalled-headers' })
    const signal = AbortSignal.timeout(1000)

    const error = await createFetch({ ...FAST, timeoutMs: 60_000 })(url, { signal }).catch(e => e)

    expect(error).toBe(signal.reason)
    expect(error).not.toBeInstanceOf(TimeoutError)
    expect(sent(url)).toHaveLength(1)
  })

  it('of a Request counts as well, and null in init takes it away', async () => {
    const controller = new AbortController()
    const url = plan({ fault: 'stalled-headers' }, { body: 'fine' })
    setTimeout(() => controller.abort('request'), 30)

    await expect(createFetch(FAST)(new Request(url, { signal: controller.signal }))).rejects.toBe('request')

    const response = await createFetch(FAST)(new Request(url), { signal: null })
    expect(await response.text()).toBe('fine')
  })

  it('aborts the body after the headers, with and without a timeout', async () => {
    for (const options of [FAST, { ...FAST, timeoutMs: 10_000 }, { ...FAST, bodyTimeoutMs: 10_000 }]) {
      const controller = new AbortController()
      const reason = new Error('changed my mind')
      const url = plan({ body: 'half of it', fault: 'stalled-body' })

      const response = await createFetch(options)(url, { signal: controller.signal })
      setTimeout(() => controller.abort(reason), 20)

      await expect(response.text()).rejects.toBe(reason)
    }
  })

  it('keeps no listener of ours', async () => {
    const controller = new AbortController()
    const retrying = createFetch({ ...FAST, timeoutMs: 10_000, maxRetries: 1 })
    const url = plan(
      { status: 503 },
      { fault: 'reset-before-headers' },
      { body: 'fine' },
      { status: 204 },
      { body: 'x' },
    )

    for (let call = 0; call < 50; call++) {
      const response = await retrying(url, { signal: controller.signal }).catch(() => undefined)
      if (call % 2) await response?.text()
      else await response?.body?.cancel()
    }

    await vi.waitFor(() => expect(listenersOf(controller.signal)).toBe(0))
  })

  it('cuts off a fetch that ignores it, and frees what comes late', async () => {
    const cancel = vi.fn()
    const controller = new AbortController()
    const deaf: typeof fetch = () =>
      new Promise(resolve => {
        setTimeout(resolve, 40, new Response(new ReadableStream({ cancel })))
      })
    setTimeout(() => controller.abort('now'), 10)

    await expect(createFetch({ fetch: deaf })('http://a.test', { signal: controller.signal })).rejects.toBe('now')

    await vi.waitFor(() => expect(cancel).toHaveBeenCalled())
  })
})

describe('timeouts', () => {
  let server: FaultServer
  let count = 0
  const plan = (...replies: Parameters<FaultServer['plan']>[1][]) => server.plan(`/timeouts-${++count}`, ...replies)
  const closed = () => server.totalSockets - server.openSockets

  beforeAll(async () => {
    server = await faultServer()
  })
  afterAll(() => server.close())

  it('of an attempt is retried', async () => {
    const url = plan({ fault: 'stalled-headers' }, { body: 'fine' })

    const response = await createFetch({ ...FAST, timeoutMs: 500 })(url)

    expect(await response.text()).toBe('fine')
  })

  it('of the last attempt rejects with a TimeoutError and closes the connection', async () => {
    const url = plan({ fault: 'stalled-headers' })
    const before = closed()

    await expect(createFetch({ ...FAST, timeoutMs: 500, maxRetries: 1 })(url)).rejects.toThrow(TimeoutError)

    await vi.waitFor(() => expect(closed() - before).toBe(2))
  })

  it('of an attempt ends with the headers: a slow body may take longer', async () => {
    const url = plan({ body: 'byte by byte '.repeat(60), fault: 'split-body' })

    const response = await createFetch({ ...FAST, timeoutMs: 500, maxRetries: 0 })(url)

    expect(await response.text()).toBe('byte by byte '.repeat(60))
  })

  it('of everything cuts a running attempt', async () => {
    const url = plan({ fault: 'stalled-headers' })

    await expect(createFetch({ ...FAST, deadlineMs: 40 })(url)).rejects.toThrow(DeadlineError)
  })

  it('of everything hands over the response when the wait cannot fit', async () => {
    const url = plan({ status: 503, headers: { 'retry-after': '59' }, body: 'later' })

    const response = await createFetch({ deadlineMs: 30_000 })(url)

    expect(await response.text()).toBe('later')
  })

  it('of the body breaks a silent one and closes the connection', async () => {
    const url = plan({ body: 'half of it', fault: 'stalled-body' })

    const before = closed()

    const response = await createFetch({ bodyTimeoutMs: 40 })(url)

    await expect(response.text()).rejects.toThrow(TimeoutError)
    await vi.waitFor(() => expect(closed() - before).toBe(1))
  })

  it('of the body does not count the time in which nobody reads', async () => {
    const url = plan({ body: 'x'.repeat(100_000) })

    const response = await createFetch({ bodyTimeoutMs: 400 })(url)
    await new Promise(resolve => setTimeout(resolve, 800))

    expect((await response.text()).length).toBe(100_000)
  })

  it('of the body leaves url, redirected, type, status and headers as they were, in clones too', async () => {
    const target = plan({ body: 'fine', headers: { 'x-a': 'b', 'set-cookie': ['c=1', 'd=2'] } })
    const url = plan({ status: 302, headers: { location: target } })

    const response = await createFetch({ bodyTimeoutMs: 10_000 })(url)

    for (const each of [response, response.clone(), response.clone().clone()]) {
      expect(each).toBeInstanceOf(Response)
      expect(each).toMatchObject({ url: target, redirected: true, type: 'basic', status: 200, ok: true })
      expect(each.headers.get('x-a')).toBe('b')
      expect(each.headers.getSetCookie()).toEqual(['c=1', 'd=2'])
    }
    expect(await response.clone().text()).toBe('fine')
    expect(await response.text()).toBe('fine')
  })

  it('leave a response without a body as it is', async () => {
    const url = plan({ status: 204 })

    const response = await createFetch({ bodyTimeoutMs: 40, timeoutMs: 10_000 })(url)

    expect(response.body).toBeNull()
    expect(response.status).toBe(204)
  })
})
