import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createFetch, type FetchRetryOptions, HttpError, isHttpError } from './index.ts'
import { type FaultServer, faultServer } from './testing.ts'

const FAST: FetchRetryOptions = { baseDelayMs: 1, maxDelayMs: 2 }

describe('createFetch', () => {
  let server: FaultServer
  let count = 0

  /** A URL of its own for each test, with its answers. */
  const plan = (...replies: Parameters<FaultServer['plan']>[1][]) => server.plan(`/create-${++count}`, ...replies)
  const sent = (url: string) => server.requests.filter(request => server.url + request.path === url)

  beforeAll(async () => {
    server = await faultServer()
  })
  afterAll(() => server.close())

  it('sends once what succeeds', async () => {
    const url = plan({ body: 'fine' })

    const response = await createFetch(FAST)(url)

    expect(await response.text()).toBe('fine')
    expect(sent(url)).toHaveLength(1)
  })

  it('sends again after each status that passes, a reset and a broken header', async () => {
    const statuses = [408, 425, 429, 500, 502, 503, 504].map(status => ({ status }))
    const url = plan(...statuses, { fault: 'reset-before-headers' }, { fault: 'reset-in-headers' }, { body: 'fine' })

    const response = await createFetch({ ...FAST, maxRetries: 9 })(url)

    expect(await response.text()).toBe('fine')
    expect(sent(url)).toHaveLength(10)
  })

  it('resolves with the last response when it gives up, body unread', async () => {
    const problem = '{"title":"down"}'
    const url = plan({ status: 503, body: problem, headers: { 'content-type': 'application/problem+json' } })

    const response = await createFetch({ ...FAST, maxRetries: 2 })(url)

    expect(response.status).toBe(503)
    expect(response.bodyUsed).toBe(false)
    expect(await response.json()).toEqual({ title: 'down' })
    expect(sent(url)).toHaveLength(3)
  })

  it('rejects with what fetch rejected with last, and keeps the object', async () => {
    const failures: unknown[] = []
    const failing: typeof fetch = async () => {
      const error = new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } })
      failures.push(error)
      throw error
    }

    const error = await createFetch({ ...FAST, maxRetries: 2, fetch: failing })('http://a.test').catch(e => e)

    expect(failures).toHaveLength(3)
    expect(error).toBe(failures[2])
  })

  it('sends once what fails for good', async () => {
    for (const status of [400, 401, 404, 409, 501]) {
      const url = plan({ status })

      const response = await createFetch(FAST)(url)

      expect(response.status).toBe(status)
      expect(sent(url)).toHaveLength(1)
    }
  })

  it('does not repeat a bug of the fetch it was given', async () => {
    let calls = 0
    const buggy = async () => {
      calls++
      return (undefined as unknown as { x: Response }).x
    }

    await expect(createFetch({ ...FAST, fetch: buggy })('http://a.test')).rejects.toThrow(/undefined/)
    expect(calls).toBe(1)
  })

  it('does not repeat what can never work', async () => {
    const spied = vi.fn(fetch)
    const retrying = createFetch({ ...FAST, fetch: spied })

    await expect(retrying('nonsense://a.test')).rejects.toThrow(TypeError)
    await expect(retrying('http://127.0.0.1:1')).rejects.toThrow(TypeError)
    await expect(retrying('//')).rejects.toThrow(TypeError)
    expect(spied).toHaveBeenCalledTimes(3)
  })

  it('sends POST and PATCH once, unless opted in', async () => {
    for (const method of ['POST', 'PATCH', 'post']) {
      const url = plan({ status: 503 }, { fault: 'reset-before-headers' })
      const retrying = createFetch(FAST)

      const response = await retrying(url, { method, body: 'x' })
      await expect(retrying(url, { method, body: 'x' })).rejects.toThrow(TypeError)

      expect(response.status).toBe(503)
      expect(sent(url)).toHaveLength(2)
    }
    const url = plan({ status: 503 }, { status: 200 })
    const optedIn = await createFetch({ ...FAST, methods: ['POST'] })(url, { method: 'POST', body: 'x' })
    expect(optedIn.status).toBe(200)
  })

  it('leaves the case of a method to fetch, and knows it for its own rules', async () => {
    const inits: unknown[] = []
    const recording: typeof fetch = async (_, init) => {
      inits.push(init?.method)
      return new Response(null, { status: 503 })
    }

    await createFetch({ ...FAST, fetch: recording })('http://a.test', { method: 'patch' })
    await createFetch({ ...FAST, fetch: recording, maxRetries: 1 })('http://a.test', { method: 'put' })

    expect(inits).toEqual(['patch', 'put', 'put'])
  })

  it('sends a POST again when the connection never came to be', async () => {
    const gone = await faultServer()
    await gone.close()
    const spied = vi.fn(fetch)

    const retrying = createFetch({ ...FAST, maxRetries: 2, fetch: spied })
    await expect(retrying(`${gone.url}/`, { method: 'POST', body: 'x' })).rejects.toThrow(TypeError)

    expect(spied).toHaveBeenCalledTimes(3)
  })

  it('does not send a POST again that a redirect had led to a dead place', async () => {
    const gone = await faultServer()
    await gone.close()
    const url = plan({ status: 307, headers: { location: `${gone.url}/` } })

    await expect(createFetch(FAST)(url, { method: 'POST', body: 'x' })).rejects.toThrow(TypeError)

    expect(sent(url)).toHaveLength(1)
  })

  it('obeys x-should-retry, but not against the method rule', async () => {
    const yes = { 'x-should-retry': 'true' }
    const conflict = plan({ status: 409, headers: yes }, { status: 200 })
    const final = plan({ status: 503, headers: { 'x-should-retry': 'false' } })
    const post = plan({ status: 503, headers: yes })
    const retrying = createFetch(FAST)

    expect((await retrying(conflict)).status).toBe(200)
    expect((await retrying(final)).status).toBe(503)
    expect((await retrying(post, { method: 'POST' })).status).toBe(503)
    expect([sent(conflict).length, sent(final).length, sent(post).length]).toEqual([2, 1, 1])
  })

  it('asks shouldRetry of every failure, but not against the method rule', async () => {
    const url = plan({ status: 404 }, { status: 404 }, { status: 200 })
    const seen: unknown[] = []
    const retrying = createFetch({
      ...FAST,
      shouldRetry: ({ error, attempt, errorClass }) => {
        seen.push([isHttpError(error) && error.status, attempt, errorClass])
        return true
      },
    })

    expect((await retrying(url)).status).toBe(200)
    expect(seen).toEqual([
      [404, 1, 'client_error'],
      [404, 2, 'client_error'],
    ])
    expect((await retrying(plan({ status: 503 }), { method: 'POST' })).status).toBe(503)
    expect(seen).toHaveLength(2)
  })

  it('rejects with an HttpError when asked to', async () => {
    const url = plan({ status: 503, body: 'down', headers: { 'retry-after': '0' } })

    const error = await createFetch({ ...FAST, maxRetries: 1, throwOnError: true })(`${url}?token=secret`).catch(e => e)

    expect(error).toBeInstanceOf(HttpError)
    expect(error).toMatchObject({ name: 'HttpError', code: 'FETCH_HTTP_ERROR', status: 503, retryAfterMs: 0 })
    expect(error.message).toBe(`HTTP 503 ${url}`)
    expect(error.attempts.map((attempt: { attempt: number }) => attempt.attempt)).toEqual([1, 2])
    expect(await error.response.text()).toBe('down')
  })

  it('does not take a 304 or a redirect by hand for an error', async () => {
    const retrying = createFetch({ ...FAST, throwOnError: true })

    expect((await retrying(plan({ status: 304 }))).status).toBe(304)
    expect((await retrying(plan({ status: 302, headers: { location: '/' } }), { redirect: 'manual' })).status).toBe(302)
  })

  it('takes options for one call, and none at all', async () => {
    const url = plan({ status: 503 })
    const retrying = createFetch({ ...FAST, maxRetries: 1 })

    await retrying(url, { retry: { maxRetries: 2 } })
    expect(sent(url)).toHaveLength(3)
    await retrying(url, { retry: { maxRetries: undefined } })
    expect(sent(url)).toHaveLength(5)
    await retrying(url, { retry: false })
    expect(sent(url)).toHaveLength(6)
    await expect(createFetch({ throwOnError: true })(url, { retry: false })).rejects.toThrow(HttpError)
    expect(sent(url)).toHaveLength(7)
  })

  it('hands everything else in init through, in each attempt', async () => {
    const inits: unknown[] = []
    const recording: typeof fetch = async (_, init) => {
      inits.push(init)
      return new Response(null, { status: 503 })
    }
    const dispatcher = {}

    const init = { headers: { a: 'b' }, dispatcher, retry: { maxRetries: 1 } }
    await createFetch({ ...FAST, fetch: recording })('http://a.test', init)

    expect(inits).toEqual([
      { headers: { a: 'b' }, dispatcher },
      { headers: { a: 'b' }, dispatcher },
    ])
  })

  it('looks the global fetch up at each call', async () => {
    const retrying = createFetch(FAST)
    const spied = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('mocked'))
    try {
      expect(await (await retrying('http://a.test')).text()).toBe('mocked')
    } finally {
      spied.mockRestore()
    }
  })

  it('tells onRetry and onGiveUp what happened, and survives a hook that throws', async () => {
    const url = plan({ status: 503 }, { status: 502 })
    const onHookError = vi.fn()
    const told: unknown[] = []

    const response = await createFetch({
      ...FAST,
      maxRetries: 1,
      onRetry({ error, attempt, retriesLeft }) {
        told.push(['retry', (error as HttpError).status, attempt, retriesLeft])
        throw new Error('broken hook')
      },
      onGiveUp({ error, attempts }) {
        told.push(['give up', (error as HttpError).status, attempts.length])
      },
      onHookError,
    })(url)

    expect(response.status).toBe(502)
    expect(told).toEqual([
      ['retry', 503, 1, 1],
      ['give up', 502, 2],
    ])
    expect(onHookError).toHaveBeenCalledTimes(1)
  })

  it('never throws synchronously', async () => {
    const retrying = createFetch()

    await expect(retrying('http://a.test', { retry: { maxRetries: -1 } })).rejects.toThrow(RangeError)
    await expect(retrying('http://a.test', { retry: { bufferBody: -1 } })).rejects.toThrow(RangeError)
  })
})
