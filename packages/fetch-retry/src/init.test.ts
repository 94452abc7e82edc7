import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createFetch,
  type FetchRetryOptions,
  fetchEvents,
  fetchResumable,
  fetchWithRetry,
  fetchWithTimeout,
  HttpError,
} from './index.ts'
import { type FaultServer, faultServer } from './testing.ts'

const FAST: FetchRetryOptions = { baseDelayMs: 1, maxDelayMs: 2 }

describe('what fetch takes as init', () => {
  let server: FaultServer
  let count = 0
  const plan = (...replies: Parameters<FaultServer['plan']>[1][]) => server.plan(`/init-${++count}`, ...replies)
  const sent = (url: string) => server.requests.filter(request => server.url + request.path === url)

  beforeAll(async () => {
    server = await faultServer()
  })
  afterAll(() => server.close())

  it('may be a Request: its method, headers and body are sent, as fetch sends them', async () => {
    const url = plan({})
    const make = () => new Request(url, { method: 'PUT', headers: { 'x-a': '1' }, body: 'whole' })

    await fetch(url, make())
    await createFetch(FAST)(url, make())
    await fetchWithRetry(url, { ...FAST, options: make() })
    await fetchWithTimeout(url, make())

    const seen = sent(url).map(({ method, headers, body }) => [method, headers['x-a'], Buffer.from(body).toString()])
    expect(seen).toEqual(Array.from({ length: 4 }, () => ['PUT', '1', 'whole']))
  })

  it('may have inherited fields, and be null', async () => {
    const url = plan({})
    const init: RequestInit = Object.create({ method: 'DELETE', headers: { 'x-a': '1' } })

    await createFetch(FAST)(url, init)
    await createFetch(FAST)(url, null as never)

    expect(sent(url).map(({ method, headers }) => [method, headers['x-a']])).toEqual([
      ['DELETE', '1'],
      ['GET', undefined],
    ])
  })

  it('and the URL are sent as they were at the call, whoever changes them for the next call', async () => {
    const busy = { status: 503 }
    const etag = { etag: '"v1"' }
    const cut = { headers: etag, body: 'whole', fault: 'reset-in-body', faultAfter: 2 } as const
    const rest = { status: 206, headers: { ...etag, 'content-range': 'bytes 2-4/5' }, body: 'ole' }
    const calls: ((input: URL, init: RequestInit) => Promise<unknown>)[] = [
      (input, init) => createFetch(FAST)(input, init),
      (input, options) => fetchWithRetry(input, { ...FAST, options }),
      async (input, init) => (await fetchResumable(input, init, FAST)).text(),
      (input, init) => fetchEvents(input, init, { ...FAST, reconnectMs: 1 }).next(),
    ]
    for (const kind of [new Headers({ 'x-a': '1' }), { 'x-a': '1' } as Record<string, string>]) {
      for (const call of calls) {
        const path = plan(busy, cut, rest)
        const url = new URL(path)
        const headers = kind instanceof Headers ? new Headers(kind) : { ...kind }
        const ended = call(url, { headers }).catch(() => {})
        url.pathname = '/elsewhere'
        if (headers instanceof Headers) headers.set('x-a', '2')
        else headers['x-a'] = '2'
        await ended

        expect(sent(path).length).toBeGreaterThanOrEqual(2)
        expect(new Set(sent(path).map(({ headers }) => headers['x-a']))).toEqual(new Set(['1']))
      }
    }
    expect(sent(`${server.url}/elsewhere`)).toEqual([])
  })

  it('has plain headers that a fetch of one’s own may spread', async () => {
    const seen: unknown[] = []
    const own: typeof fetch = async (input, init) => {
      seen.push(input, { ...init?.headers, authorization: 'Bearer 1' })
      return new Response()
    }
    const input = new URL('http://a.test/')

    await createFetch({ fetch: own })(input, { headers: { 'x-a': '1' } })

    expect(seen).toEqual([input, { 'x-a': '1', authorization: 'Bearer 1' }])
  })

  it('of fetchEvents and fetchResumable may be a Request', async () => {
    const url = plan({ headers: { 'content-type': 'text/event-stream' }, body: 'data: x\n\n' })
    const init = new Request(url, { headers: { 'x-a': '1' } })

    for await (const _ of fetchEvents(url, init, { reconnectOnEnd: false }));
    await (await fetchResumable(url, init)).text()

    expect(sent(url).map(({ headers }) => headers['x-a'])).toEqual(['1', '1'])
  })

  it('comes after an input that fetch refuses in its own words when it is none', async () => {
    for (const input of [undefined, null]) {
      await expect(fetchWithRetry(input as never, { maxRetries: 0 })).rejects.toThrow(/Failed to parse URL/)
    }
  })

  it('may have no integrity where a download goes on: a part of it never matches', async () => {
    const url = plan({ headers: { etag: '"v1"' }, body: 'x' })
    const integrity = 'sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE='

    await expect(fetchResumable(url, { integrity })).rejects.toThrow(/^`integrity` must be empty.*got sha256-LXEW/)
    await expect(fetchResumable(new Request(url, { integrity }))).rejects.toThrow(/`integrity`/)
    expect(sent(url)).toEqual([])
    expect(await (await createFetch(FAST)(url, { integrity })).text()).toBe('x')
  })

  it('refuses options that are no object, by their name', async () => {
    for (const retry of [5, true, null, 'none', 0]) {
      const refused = createFetch(FAST)(server.url, { retry: retry as never })
      await expect(refused).rejects.toThrow(new TypeError(`\`retry\` must be an object, got ${retry}`))
    }
    const options = new TypeError('`options` must be an object, got null')
    expect(() => createFetch(null as never)).toThrow(options)
    await expect(fetchResumable(server.url, {}, null as never)).rejects.toThrow(options)
    await expect(fetchEvents(server.url, {}, null as never).next()).rejects.toThrow(options)
    await expect(fetchWithRetry(server.url, null as never)).rejects.toThrow('`config` must be an object, got null')
  })

  it('with an empty idempotency key has none: a POST is sent once', async () => {
    const url = plan({ status: 503 })
    const POST = { method: 'POST', body: 'x' }

    await createFetch({ ...FAST, idempotencyKey: '' })(url, POST)
    await createFetch({ ...FAST, idempotencyKey: () => '' })(url, POST)
    await createFetch(FAST)(url, { ...POST, headers: { 'idempotency-key': '' } })

    expect(sent(url)).toHaveLength(3)
  })

  it('names the request in an HttpError when the response has no url', async () => {
    const mocked: typeof fetch = async () => new Response(null, { status: 500 })

    const error = await fetchWithRetry('http://a.test/x?token=1', { fetch: mocked, maxRetries: 0 } as object).catch(
      e => e,
    )

    expect(error).toBeInstanceOf(HttpError)
    expect(error.message).toBe('HTTP 500 http://a.test/x')
  })
})
