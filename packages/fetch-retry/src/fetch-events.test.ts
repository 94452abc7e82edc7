import { describe, expect, it, vi } from 'vitest'
import { fetchEvents, HttpError, type ServerSentEvent } from './index.ts'
import { type FaultReply, type FaultServerOptions, faultServer, type ReceivedRequest } from './testing.ts'

const TYPE = { 'content-type': 'text/event-stream; charset=utf-8' }
const QUICK = { reconnectMs: 5, baseDelayMs: 1, maxDelayMs: 2 }

const stream = (body: string, more: FaultReply = {}): FaultReply => ({ headers: TYPE, body, ...more })
const END: FaultReply = { status: 204 }
const event = (id: number) => `id: ${id}\ndata: ${id}\n\n`

async function collect(events: AsyncIterable<ServerSentEvent>, limit = Infinity) {
  const found: ServerSentEvent[] = []
  for await (const one of events) {
    found.push(one)
    if (found.length >= limit) break
  }
  return found
}

const serve = (options: FaultServerOptions = {}) => faultServer(options)
const idsOf = (requests: readonly ReceivedRequest[]) => requests.map(({ headers }) => headers['last-event-id'])

describe('fetchEvents', () => {
  it('asks for an event stream and gives its events until a 204', async () => {
    await using server = await serve()
    const url = server.plan('/', stream('id: a\nevent: tick\ndata: 1\n\ndata: 2\n\n'), END)

    const events = await collect(fetchEvents(url, {}, QUICK))

    expect(events).toEqual([
      { id: 'a', event: 'tick', data: '1' },
      { id: 'a', event: 'message', data: '2' },
    ])
    expect(server.requests.map(({ headers }) => headers.accept)).toEqual(['text/event-stream', 'text/event-stream'])
    expect(idsOf(server.requests)).toEqual([undefined, 'a'])
  })

  it('gives each event once and in order over 50 broken connections, characters whole', async () => {
    const all = Array.from({ length: 160 }, (_, index) => `id: ${index + 1}\ndata: Zoë 🙂 ${index + 1}\n\n`)
    let answered = 0
    const reply = ({ headers }: ReceivedRequest): FaultReply => {
      const rest = all.slice(Number(headers['last-event-id'] ?? 0))
      if (rest.length === 0) return END
      const faults = ['reset-in-body', 'truncated-body', 'reset-in-body', 'truncated-body', 'split-body'] as const
      return stream(rest.slice(0, 4).join(''), { fault: faults[answered++ % 5] ?? 'split-body' })
    }
    await using server = await serve({ reply })

    const events = await collect(fetchEvents(server.url, {}, { ...QUICK, reconnectMs: 0 }))

    expect(events.map(({ data }) => data)).toEqual(all.map((_, index) => `Zoë 🙂 ${index + 1}`))
    expect(answered * 0.8).toBeGreaterThanOrEqual(50)
  })

  it('does not take a proper end for a failure: no hook, no retry used up, and none for a method that is over', async () => {
    await using server = await serve()
    const url = server.plan('/', ...Array.from({ length: 6 }, (_, index) => stream(event(index + 1))), END)
    const onRetry = vi.fn()

    const events = await collect(fetchEvents(url, {}, { ...QUICK, maxRetries: 0, onRetry }))
    const once = await collect(fetchEvents(server.plan('/once', stream(event(1))), {}, { reconnectOnEnd: false }))

    expect(events).toHaveLength(6)
    expect(once).toHaveLength(1)
    expect(onRetry).not.toHaveBeenCalled()
  })

  it('waits as long as retry: says, and survives failed connections in between', async () => {
    await using server = await serve()
    const url = server.plan('/', stream(`retry: 120\n${event(1)}`), { status: 503 }, stream(event(2)), END)
    const onRetry = vi.fn()

    const events = await collect(fetchEvents(url, {}, { ...QUICK, onRetry }))

    const times = server.requests.map(({ receivedAt }) => receivedAt)
    expect(events.map(({ data }) => data)).toEqual(['1', '2'])
    expect(events[0]?.retry).toBe(120)
    for (let at = 1; at < times.length; at++)
      expect((times[at] ?? 0) - (times[at - 1] ?? 0)).toBeGreaterThanOrEqual(120)
    expect(onRetry).toHaveBeenCalledTimes(1)
  })

  it('gives up after maxRetries failed connections in a row', async () => {
    await using server = await serve()
    const url = server.plan('/', stream(event(1)), { status: 503 })

    const failing = collect(fetchEvents(url, {}, { ...QUICK, maxRetries: 2 }))

    await expect(failing).rejects.toMatchObject({ status: 503 })
    expect(server.requests).toHaveLength(4)
  })

  it('takes a silent connection for dead, and a comment for a sign of life', async () => {
    await using server = await serve()
    const dead = server.plan(
      '/dead',
      stream(`${event(1)}data: half`, { fault: 'stalled-body', faultAfter: 20 }),
      stream(event(2)),
      END,
    )
    const alive = server.plan('/alive', stream(`${':\n'.repeat(750)}${event(1)}`, { fault: 'split-body' }), END)

    const [first, second] = await Promise.all([
      collect(fetchEvents(dead, {}, { ...QUICK, bodyTimeoutMs: 1000 })),
      collect(fetchEvents(alive, {}, { ...QUICK, bodyTimeoutMs: 1000 })),
    ])

    expect(first.map(({ data }) => data)).toEqual(['1', '2'])
    expect(second.map(({ data }) => data)).toEqual(['1'])
    expect(server.requests.filter(({ path }) => path === '/alive')).toHaveLength(2)
  })

  it('rejects what is no event stream, and a status that no retry cures', async () => {
    await using server = await serve()
    const html = server.plan('/html', { headers: { 'content-type': 'text/html' }, body: 'login' })
    const other = server.plan('/other', { headers: { 'content-type': 'text/event-stream-x' }, body: 'data: x\n\n' })
    const missing = server.plan('/missing', { status: 404 })

    await expect(collect(fetchEvents(html))).rejects.toThrow('Expected text/event-stream, got text/html')
    await expect(collect(fetchEvents(other))).rejects.toThrow('got text/event-stream-x')
    await expect(collect(fetchEvents(missing))).rejects.toThrow(HttpError)
    await expect(collect(fetchEvents(html, {}, { reconnectMs: -1 }))).rejects.toThrow(RangeError)
    await expect(collect(fetchEvents(html, {}, { maxRetries: -1 }))).rejects.toThrow(RangeError)
  })

  it('begins after a known id, and sends one that is no ASCII as UTF-8', async () => {
    await using server = await serve({ reply: END })

    await collect(fetchEvents(server.url, {}, { lastEventId: 'ä1' }))

    expect(Buffer.from(String(idsOf(server.requests)[0]), 'latin1').toString()).toBe('ä1')
  })

  it("rejects with the caller's reason: before, between and while it waits for events", async () => {
    await using server = await serve()
    const silent = server.plan('/', stream(`${event(1)}half`, { fault: 'stalled-body', faultAfter: 18 }))
    const reason = { why: 'stop' }

    const controller = new AbortController()
    const events = fetchEvents(silent, { signal: controller.signal }, QUICK)
    await events.next()
    controller.abort(reason)
    await expect(events.next()).rejects.toBe(reason)

    const waiting = new AbortController()
    const later = collect(fetchEvents(silent, { signal: waiting.signal }, QUICK))
    setTimeout(() => waiting.abort(reason), 50)
    await expect(later).rejects.toBe(reason)

    const ended = server.plan('/ended', stream(event(1)))
    const reconnecting = collect(fetchEvents(ended, { signal: AbortSignal.timeout(50) }, { reconnectMs: 60_000 }))
    await expect(reconnecting).rejects.toMatchObject({ name: 'TimeoutError' })
    await expect(collect(fetchEvents(silent, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason)
  })

  it('closes the connection when the loop is left', async () => {
    await using server = await serve({ reply: stream(event(1), { fault: 'endless-body' }) })

    await collect(fetchEvents(server.url), 3)

    await vi.waitFor(() => expect(server.totalSockets - server.openSockets).toBe(1))
  })
})

describe('fetchEvents by POST', () => {
  const POST = { method: 'POST', body: '{"prompt":"Hi"}' }

  it('ends with the stream', async () => {
    await using server = await serve({ reply: stream('data: Hi\n\ndata: [DONE]\n\n') })

    const events = await collect(fetchEvents(server.url, POST, QUICK))

    expect(events.map(({ data }) => data)).toEqual(['Hi', '[DONE]'])
    expect(server.requests).toHaveLength(1)
    expect(Buffer.from(server.requests[0]?.body ?? []).toString()).toBe(POST.body)
  })

  it('without a key is sent once: a break is the caller’s to see', async () => {
    await using server = await serve({ reply: stream(event(1) + event(2), { fault: 'reset-in-body' }) })
    const found: string[] = []

    const reading = (async () => {
      for await (const { data } of fetchEvents(server.url, POST, QUICK)) found.push(data)
    })()

    await expect(reading).rejects.toThrow(TypeError)
    expect(found).toEqual(['1'])
    expect(server.requests).toHaveLength(1)
  })

  it('with a key goes on after the last id, with the same key and body', async () => {
    await using server = await serve()
    const url = server.plan(
      '/',
      stream(event(1) + event(2), { fault: 'reset-in-body' }),
      { status: 503 },
      stream(event(2)),
    )

    const events = await collect(fetchEvents(url, POST, { ...QUICK, idempotencyKey: 'auto' }))

    const keys = server.requests.map(({ headers }) => headers['idempotency-key'])
    expect(events.map(({ data }) => data)).toEqual(['1', '2'])
    expect(idsOf(server.requests)).toEqual([undefined, '1', '1'])
    expect(keys[0]).toBeDefined()
    expect(new Set(keys).size).toBe(1)
    expect(new Set(server.requests.map(({ body }) => Buffer.from(body).toString()))).toEqual(new Set([POST.body]))
  })

  it('with a key is not sent again when it has delivered events without ids: they would come twice', async () => {
    await using server = await serve({ reply: stream('data: a\n\ndata: b\n\ndata: c\n\n', { fault: 'reset-in-body' }) })

    const reading = collect(fetchEvents(server.url, POST, { ...QUICK, idempotencyKey: 'auto' }))

    await expect(reading).rejects.toThrow(TypeError)
    expect(server.requests).toHaveLength(1)
  })

  it('goes on with a Request, a form and a stream that fits', async () => {
    await using server = await serve()
    const answers = [stream(event(1) + event(2), { fault: 'reset-in-body' }), stream(event(2))] as const
    const options = { ...QUICK, idempotencyKey: 'auto', bufferBody: 100 }
    const form = new FormData()
    form.set('a', 'b')
    const bodies: [string, BodyInit][] = [
      ['/form', form],
      ['/stream', new Blob(['streamed']).stream()],
    ]

    for (const [path, body] of bodies) {
      const init = { method: 'POST', body, duplex: 'half' } as RequestInit
      expect(await collect(fetchEvents(server.plan(path, ...answers), init, options))).toHaveLength(2)
    }
    const request = new Request(server.plan('/request', ...answers), POST)
    expect(await collect(fetchEvents(request, {}, options))).toHaveLength(2)

    for (const path of ['/form', '/stream', '/request']) {
      const sent = server.requests.filter(received => received.path === path)
      expect(sent).toHaveLength(2)
      expect(sent[0]?.body.length).toBeGreaterThan(5)
      expect(sent[1]?.body).toEqual(sent[0]?.body)
    }
  })

  it('does not go on with a stream that was sent', async () => {
    await using server = await serve({ reply: stream(event(1) + event(2), { fault: 'reset-in-body' }) })
    const init = { method: 'POST', body: new Blob(['x']).stream(), duplex: 'half' } as RequestInit

    const reading = collect(fetchEvents(server.url, init, { ...QUICK, idempotencyKey: 'auto' }))

    await expect(reading).rejects.toMatchObject({ message: 'terminated' })
    expect(server.requests).toHaveLength(1)
  })
})
