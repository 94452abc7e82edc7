import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createFetch, type FetchRetryOptions } from './index.ts'
import { type FaultServer, faultServer } from './testing.ts'

const FAST: FetchRetryOptions = { baseDelayMs: 1, maxDelayMs: 2 }
const UUID = /^"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"$/

describe('idempotencyKey', () => {
  let server: FaultServer
  let count = 0

  beforeAll(async () => {
    server = await faultServer()
  })
  afterAll(() => server.close())
  afterEach(() => vi.unstubAllGlobals())

  /** The keys that the server saw, one for each attempt. */
  async function keysOf(options: FetchRetryOptions, init: RequestInit) {
    const path = `/key-${++count}`
    await createFetch({ ...FAST, ...options })(server.plan(path, { status: 503 }, { status: 200 }), init)
    return server.requests.filter(request => request.path === path).map(request => request.headers['idempotency-key'])
  }

  it("'auto' makes one UUID for all attempts of a call, and another for the next", async () => {
    const first = await keysOf({ idempotencyKey: 'auto' }, { method: 'POST', body: 'x' })
    const second = await keysOf({ idempotencyKey: 'auto' }, { method: 'PATCH', body: 'x' })

    expect(first).toHaveLength(2)
    expect(first[0]).toMatch(UUID)
    expect(first[1]).toBe(first[0])
    expect(second).toHaveLength(2)
    expect(second[0]).not.toBe(first[0])
  })

  it("'auto' works where crypto.randomUUID does not exist", async () => {
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })

    const keys = await keysOf({ idempotencyKey: 'auto' }, { method: 'POST' })

    expect(keys[0]).toMatch(/^"\d+-\d+-\d+-\d+"$/)
    expect(keys[1]).toBe(keys[0])
  })

  it('is left out where the method is idempotent', async () => {
    expect(await keysOf({ idempotencyKey: 'auto' }, { method: 'PUT', body: 'x' })).toEqual([undefined, undefined])
  })

  it("leaves the caller's own key alone, and trusts it", async () => {
    const init = { method: 'POST', headers: { 'Idempotency-Key': 'mine' } }

    expect(await keysOf({ idempotencyKey: 'auto' }, init)).toEqual(['mine', 'mine'])
    expect(await keysOf({}, init)).toEqual(['mine', 'mine'])
  })

  it('is a string as it is, or what a function makes of the request', async () => {
    const make = vi.fn(({ method, headers }: { url: string; method: string; headers: Headers }) => {
      return `${method}-${headers.get('x-order')}`
    })

    expect(await keysOf({ idempotencyKey: 'order-17' }, { method: 'POST' })).toEqual(['order-17', 'order-17'])
    expect(await keysOf({ idempotencyKey: make }, { method: 'post', headers: { 'x-order': '9' } })).toEqual([
      'POST-9',
      'POST-9',
    ])
    expect(make).toHaveBeenCalledTimes(1)
  })

  it('is added to the headers of a Request', async () => {
    const path = '/key-request'
    const url = server.plan(path, { status: 503 }, { status: 200 })
    const request = new Request(url, { method: 'POST', body: 'x', headers: { 'x-kept': 'yes' } })

    await createFetch({ ...FAST, idempotencyKey: 'auto' })(request)

    const sent = server.requests.filter(received => received.path === path)
    expect(sent).toHaveLength(2)
    expect(sent[0]?.headers).toMatchObject({ 'x-kept': 'yes', 'content-type': 'text/plain;charset=UTF-8' })
    expect(sent[1]?.headers['idempotency-key']).toBe(sent[0]?.headers['idempotency-key'])
  })

  it("'auto' is not sent to another origin from a page, since that needs a preflight, and so nothing is repeated", async () => {
    vi.stubGlobal('location', new URL('https://shop.test/cart'))

    expect(await keysOf({ idempotencyKey: 'auto' }, { method: 'POST' })).toEqual([undefined])
    expect(await keysOf({ idempotencyKey: 'forced' }, { method: 'POST' })).toEqual(['forced', 'forced'])

    vi.stubGlobal('location', new URL(`${server.url}/page`))
    expect(await keysOf({ idempotencyKey: 'auto' }, { method: 'POST' })).toHaveLength(2)
  })
})
