import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createFetch, type FetchRetryOptions, type RetryRequestInit } from './index.ts'
import { type FaultReply, type FaultServer, faultServer } from './testing.ts'

const FAST: FetchRetryOptions = { baseDelayMs: 1, maxDelayMs: 2 }
const BYTES = Uint8Array.from({ length: 5000 }, (_, index) => index % 256)
const MISFORTUNES: readonly FaultReply[] = [{ status: 503 }, { fault: 'reset-before-headers' }]

const form = () => {
  const data = new FormData()
  data.append('name', 'Zoë')
  data.append('file', new File([BYTES], 'a.bin', { type: 'application/x-thing' }))
  return data
}
const stream = (chunks: Uint8Array<ArrayBuffer>[] = [BYTES.subarray(0, 1000).slice(), BYTES.subarray(1000).slice()]) =>
  new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift()
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
  })
const streamed = (body: unknown): RetryRequestInit => ({ body: body as ReadableStream, duplex: 'half' }) as RequestInit

describe('createFetch with a body', () => {
  let server: FaultServer
  let count = 0

  beforeAll(async () => {
    server = await faultServer()
  })
  afterAll(() => server.close())

  async function put(init: RetryRequestInit, ...replies: FaultReply[]) {
    const url = server.plan(`/replay-${++count}`, ...replies)
    const response = await createFetch(FAST)(url, { method: 'PUT', ...init }).catch((error: unknown) => error)
    const sent = server.requests.filter(request => request.path === `/replay-${count}`)
    return { response, sent, url }
  }

  /** The body arrives the same, byte for byte, after each kind of failure. */
  async function expectReplay(makeInit: () => RetryRequestInit, expected?: Uint8Array) {
    const { response, sent } = await put(makeInit(), ...MISFORTUNES, { status: 200 })
    expect(response).toMatchObject({ status: 200 })
    expect(sent).toHaveLength(3)
    for (const { body, headers } of sent) {
      expect(Buffer.compare(body, expected ?? sent[0]?.body ?? new Uint8Array())).toBe(0)
      expect(headers['content-type']).toBe(sent[0]?.headers['content-type'])
    }
    return sent
  }

  it('replays a string', async () => {
    const [first] = await expectReplay(() => ({ body: 'Zoë' }), Buffer.from('Zoë'))
    expect(first?.headers['content-type']).toBe('text/plain;charset=UTF-8')
  })

  it('replays a blob', async () => {
    const [first] = await expectReplay(() => ({ body: new Blob([BYTES], { type: 'a/b' }) }), BYTES)
    expect(first?.headers['content-type']).toBe('a/b')
  })

  it('replays buffers and their views', async () => {
    await expectReplay(() => ({ body: BYTES.buffer.slice(0) }), BYTES)
    await expectReplay(() => ({ body: BYTES.slice() }), BYTES)
    await expectReplay(() => ({ body: BYTES.subarray(10, 20) }), BYTES.subarray(10, 20))
    await expectReplay(() => ({ body: new DataView(BYTES.buffer, 10, 10) }), BYTES.subarray(10, 20))
    await expectReplay(() => ({ body: Buffer.from('pooled') }), Buffer.from('pooled'))
  })

  it('replays URLSearchParams', async () => {
    const [first] = await expectReplay(() => ({ body: new URLSearchParams({ a: 'b c' }) }), Buffer.from('a=b+c'))
    expect(first?.headers['content-type']).toBe('application/x-www-form-urlencoded;charset=UTF-8')
  })

  it('replays a form with one boundary', async () => {
    const [first] = await expectReplay(() => ({ body: form(), headers: { 'x-kept': 'yes' } }))
    expect(first?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(first?.headers['x-kept']).toBe('yes')
    const received = await new Response(first?.body.slice(), {
      headers: { 'content-type': String(first?.headers['content-type']) },
    }).formData()
    expect(received.get('name')).toBe('Zoë')
    expect((received.get('file') as File).size).toBe(BYTES.length)
  })

  it('replays after a time-out as well', async () => {
    const send = async (body: BodyInit) => {
      const url = server.plan(`/late-${++count}`, { fault: 'stalled-headers' }, { status: 200 })
      const response = await createFetch({ ...FAST, timeoutMs: 1000 })(new Request(url, { method: 'PUT', body }))
      return server.requests.filter(({ path }) => url.endsWith(path)).map(request => [response.status, request.body])
    }

    for (const seen of await Promise.all([send(BYTES), send(new Blob([BYTES]))])) {
      expect(seen).toEqual([
        [200, BYTES],
        [200, BYTES],
      ])
    }
  })

  it('replays what becomes a text by itself as the text that it was', async () => {
    let asked = 0
    const body = { toString: () => `asked ${++asked}` } as unknown as string
    const url = server.plan('/text', { status: 503 }, { status: 200 })

    await createFetch(FAST)(url, { method: 'PUT', body })

    const sent = server.requests.filter(({ path }) => path === '/text')
    expect(sent.map(({ body }) => Buffer.from(body).toString())).toEqual(['asked 1', 'asked 1'])
  })

  it('sends what it was given, whatever happens to that later', async () => {
    const bytes = BYTES.slice()
    const params = new URLSearchParams({ a: 'b' })
    const data = form()
    const url = server.plan('/changed', { status: 503 })
    const retrying = createFetch({ ...FAST, maxRetries: 1 })

    const calls = [bytes, params, data].map(body => retrying(url, { method: 'PUT', body }))
    bytes.fill(0)
    params.set('a', 'changed')
    data.set('name', 'changed')
    await Promise.all(calls)

    const bodies = server.requests.filter(request => request.path === '/changed').map(({ body }) => Buffer.from(body))
    expect(bodies).toHaveLength(6)
    expect(bodies.filter(body => body.equals(BYTES))).toHaveLength(2)
    expect(bodies.filter(body => body.equals(Buffer.from('a=b')))).toHaveLength(2)
    expect(bodies.filter(body => body.includes('Zoë'))).toHaveLength(2)
  })

  it('replays a Request, with its headers, and leaves it used as fetch does', async () => {
    const url = server.plan('/request', ...MISFORTUNES, { status: 200 })
    const request = new Request(url, { method: 'PUT', body: BYTES, headers: { 'x-kept': 'yes' } })

    const response = await createFetch(FAST)(request)

    const sent = server.requests.filter(({ path }) => path === '/request')
    expect(response.status).toBe(200)
    expect(sent.map(({ body }) => Buffer.compare(body, BYTES))).toEqual([0, 0, 0])
    expect(sent.map(({ headers }) => headers['x-kept'])).toEqual(['yes', 'yes', 'yes'])
    expect(request.bodyUsed).toBe(true)
    await expect(createFetch(FAST)(request)).rejects.toThrow(TypeError)
    expect(server.requests.filter(({ path }) => path === '/request')).toHaveLength(3)
  })

  it('sends a stream once, and hands over the failure itself', async () => {
    const generator = (async function* () {
      yield BYTES
    })()

    for (const body of [stream(), generator]) {
      const { response, sent } = await put(streamed(body), { status: 503 })
      expect(response).toMatchObject({ status: 503 })
      expect(sent).toHaveLength(1)
      expect(Buffer.compare(sent[0]?.body ?? new Uint8Array(), BYTES)).toBe(0)
    }
  })

  it('replays a stream that fits into bufferBody', async () => {
    await expectReplay(() => ({ ...streamed(stream()), retry: { bufferBody: 5000 } }), BYTES)
  })

  it('sends a stream that does not fit into bufferBody once, and whole', async () => {
    const init = { ...streamed(stream()), retry: { bufferBody: 4999 } }

    const { response, sent } = await put(init, { status: 503 })

    expect(response).toMatchObject({ status: 503 })
    expect(sent).toHaveLength(1)
    expect(Buffer.compare(sent[0]?.body ?? new Uint8Array(), BYTES)).toBe(0)
  })

  it('makes the body anew with body()', async () => {
    let made = 0
    const body = () => {
      made++
      return stream()
    }

    await expectReplay(() => ({ retry: { body } }), BYTES)

    expect(made).toBe(3)
  })

  it('sends the body that body() promises, and not [object Promise]', async () => {
    const body = async () => new Blob([BYTES])

    await expectReplay(() => ({ retry: { body } }), BYTES)
  })

  it('sends a redirected body whole, after a retry too', async () => {
    const target = server.plan('/redirected', { status: 503 }, { status: 200 })
    const url = server.plan('/redirecting', { status: 308, headers: { location: target } })

    const response = await createFetch(FAST)(url, { method: 'PUT', body: BYTES })

    const sent = server.requests.filter(({ path }) => path === '/redirected')
    expect(response.redirected).toBe(true)
    expect(sent.map(({ body }) => Buffer.compare(body, BYTES))).toEqual([0, 0])
  })

  it('ends at once when the caller aborts while a stream is buffered', async () => {
    const reason = { stop: true }
    const controller = new AbortController()
    const cancel = vi.fn()
    const never = new ReadableStream({ cancel })
    const init = { method: 'PUT', ...streamed(never), signal: controller.signal, retry: { bufferBody: 10 } }

    const call = createFetch(FAST)(`${server.url}/never`, init)
    setTimeout(() => controller.abort(reason), 10)

    await expect(call).rejects.toBe(reason)
    expect(cancel).toHaveBeenCalledWith(reason)
  })
})
