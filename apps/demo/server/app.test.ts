import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CALM } from '../shared/faults.ts'
import type { LedgerPage } from '../shared/ledger.ts'
import { parseNumbered } from '../shared/numbered.ts'
import { TestServer } from './test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await TestServer.start()
})
beforeEach(() => server.faults({ ...CALM, latencyMs: 0, paceMs: 1 }))
afterAll(() => server[Symbol.asyncDispose]())

let keys = 0
const newKey = () => `key-${++keys}`

interface Event {
  id?: number
  data: string
}

/** The events that arrive, until the stream ends or breaks. */
async function eventsOf(response: Response): Promise<{ events: Event[]; broken: boolean }> {
  const decoder = new TextDecoder()
  let text = ''
  let broken = false
  try {
    for await (const bytes of response.body ?? []) text += decoder.decode(bytes, { stream: true })
  } catch {
    broken = true
  }
  const events = text
    .split('\n\n')
    .filter(Boolean)
    .map(event => {
      const id = /^id: (\d+)$/m.exec(event)?.[1]
      return { ...(id ? { id: Number(id) } : {}), data: /^data: (.*)$/m.exec(event)?.[1] ?? '' }
    })
  return { events, broken }
}

function contentOf(events: Event[]): string {
  return events
    .filter(({ data }) => data !== '[DONE]')
    .map(({ data }) => JSON.parse(data).choices[0].delta.content ?? '')
    .join('')
}

async function ledgerOf(client: string): Promise<LedgerPage> {
  return (await server.send('GET', `/ledger?client=${client}`)).json() as Promise<LedgerPage>
}

describe('POST /v1/chat/completions', () => {
  it('streams numbered tokens as OpenAI chunks and ends with [DONE]', async () => {
    const response = await server.complete()

    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const { events } = await eventsOf(response)
    expect(parseNumbered(contentOf(events)).map(({ word }) => word)).toEqual(['one', 'two', 'three', 'four', 'five'])
    expect(events.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, undefined, undefined])
    expect(JSON.parse(events.at(-2)?.data ?? '').choices[0].finish_reason).toBe('stop')
    expect(events.at(-1)?.data).toBe('[DONE]')
  })

  it('answers whole without `stream`', async () => {
    const reply = await (await server.complete({ stream: false })).json()

    expect(reply).toMatchObject({ object: 'chat.completion', choices: [{ message: { role: 'assistant' } }] })
    expect(parseNumbered(reply.choices[0].message.content)).toHaveLength(5)
  })

  it('gives no number twice', async () => {
    const contents = await Promise.all(
      [1, 2, 3].map(async () => contentOf((await eventsOf(await server.complete())).events)),
    )

    const numbers = contents.flatMap(parseNumbered).map(({ number }) => number)
    expect(new Set(numbers).size).toBe(15)
  })

  it('goes on behind Last-Event-ID, with the same tokens', async () => {
    const key = newKey()
    const whole = await eventsOf(await server.complete({}, { 'idempotency-key': key }))
    const rest = await eventsOf(await server.complete({}, { 'idempotency-key': key, 'last-event-id': '3' }))

    expect(rest.events).toEqual(whole.events.slice(3))
  })

  it('makes one reply for a POST that is sent again, also while it is under way', async () => {
    const key = newKey()
    const body = { metadata: { client: key, chat: 'a', message: 'm' } }
    const both = await Promise.all([1, 2].map(() => server.complete(body, { 'idempotency-key': key })))
    const [first, second] = await Promise.all(both.map(eventsOf))

    expect(second).toEqual(first)
    expect((await ledgerOf(key)).entries).toHaveLength(1)
  })

  it('refuses a key that was used for another prompt', async () => {
    const key = newKey()
    await eventsOf(await server.complete({}, { 'idempotency-key': key }))
    const other = await server.complete({ messages: [{ role: 'user', content: 'hi' }] }, { 'idempotency-key': key })

    expect(other.status).toBe(422)
  })

  it('says that there is nothing to resume when it never made the reply', async () => {
    const response = await server.complete({}, { 'idempotency-key': newKey(), 'last-event-id': '7' })

    expect(response.status).toBe(404)
    expect((await response.json()).error.code).toBe('unknown_generation')
  })

  it.each([
    [{ model: 'gpt' }, 404, 'there is no model `gpt`'],
    [{ model: 7 }, 400, '`model` must be a string, got number'],
    [{ messages: [] }, 400, '`messages` must be an array of at least one'],
    [{ messages: [{ role: 'user' }] }, 400, '`messages[0]` must have a `role` and a `content`'],
    [{ messages: [{ role: 'system', content: 'x' }] }, 400, '`messages` must have one whose `role` is user'],
    [{ stream: 'yes' }, 400, '`stream` must be a boolean, got string'],
    [{ metadata: { chat: 1 } }, 400, '`metadata.chat` must be a string, got number'],
  ])('names what is wrong with %j', async (body, status, message) => {
    const response = await server.complete(body)

    expect(response.status).toBe(status)
    expect((await response.json()).error.message).toContain(message)
  })
})

describe('POST /generations/:key/stop', () => {
  it('ends the reply for its reader after the tokens made so far', async () => {
    await server.faults({ paceMs: 20 })
    const key = newKey()
    const response = await server.complete(
      { messages: [{ role: 'user', content: 'count to 400' }] },
      { 'idempotency-key': key },
    )
    const stopped = await (await server.send('POST', `/generations/${key}/stop`)).json()
    const { events, broken } = await eventsOf(response)

    expect(broken).toBe(false)
    expect(events.at(-1)?.data).toBe('[DONE]')
    expect(parseNumbered(contentOf(events))).toHaveLength(stopped.tokens)
  })

  it('finds nothing to end under a key that nobody used', async () => {
    const response = await server.send('POST', '/generations/none/stop')

    expect(await response.json()).toEqual({ state: 'absent', tokens: 0 })
  })
})

describe('faults', () => {
  it('answers 503, and 429 with its hint', async () => {
    await server.faults({ unavailable: 1 })
    expect((await server.complete()).status).toBe(503)

    await server.faults({ unavailable: 0, rateLimited: 1, retryAfterSeconds: 2 })
    const limited = await server.complete()
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '2'])
  })

  it('cuts a stream in the middle, and each attempt to resume brings it further', async () => {
    await server.faults({ dropped: 1, seed: 4 })
    const key = newKey()
    const events: Event[] = []
    let cuts = 0
    for (let done = false; !done; ) {
      try {
        const response = await server.complete(
          { messages: [{ role: 'user', content: 'count to 30' }] },
          { 'idempotency-key': key, 'last-event-id': String(events.filter(({ id }) => id).length) },
        )
        const part = await eventsOf(response)
        events.push(...part.events)
        done = !part.broken
      } catch {
        done = false
      }
      if (!done) cuts++
    }

    expect(cuts).toBeGreaterThan(1)
    expect(parseNumbered(contentOf(events))).toHaveLength(30)
  })

  it('falls silent with the connection open', async () => {
    await server.faults({ stalled: 1, seed: 3 })
    const response = await server.complete(
      { messages: [{ role: 'user', content: 'count to 40' }] },
      { 'idempotency-key': newKey() },
    )
    const reader = response.body?.getReader()
    const silent = (async () => {
      while (!(await reader?.read())?.done);
      return 'ended'
    })()
    const outcome = await Promise.race([silent, new Promise(resolve => setTimeout(resolve, 300, 'silent'))])
    await reader?.cancel()

    expect(outcome).toBe('silent')
  })

  it('does the same again under the same seed', async () => {
    const statuses = async () => {
      await server.faults({ seed: 9, unavailable: 0.4, rateLimited: 0.3 })
      const seen: number[] = []
      for (let n = 0; n < 12; n++) {
        const response = await server.complete({ messages: [{ role: 'user', content: 'count to 1' }] })
        await response.text()
        seen.push(response.status)
      }
      return seen
    }

    const first = await statuses()
    expect(await statuses()).toEqual(first)
    expect(new Set(first)).toEqual(new Set([200, 429, 503]))
  })

  it.each([
    [{ rain: 1 }, '`rain` is no fault; there are seed, latencyMs'],
    [{ dropped: 2 }, '`dropped` must be a number from 0 to 1, got 2'],
    [{ seed: 0.5 }, '`seed` must be a whole number from 0 to 4294967295, got 0.5'],
    [[], 'must be an object of faults'],
  ])('names what is wrong with %j and changes nothing', async (change, message) => {
    const before = await (await server.send('GET', '/faults')).json()
    const response = await server.send('PUT', '/faults', change)

    expect(response.status).toBe(400)
    expect((await response.json()).error.message).toContain(message)
    expect(await (await server.send('GET', '/faults')).json()).toEqual(before)
  })
})

describe('GET /ledger', () => {
  it('lists what was made for which chat and message, to its client alone', async () => {
    const client = newKey()
    await eventsOf(await server.complete({ metadata: { client, chat: 'c', message: 'm' } }))

    const { entries } = await ledgerOf(client)
    expect(entries).toMatchObject([{ chat: 'c', message: 'm', state: 'complete' }])
    expect(entries[0]?.words).toEqual(['one', 'two', 'three', 'four', 'five'])
    expect((await ledgerOf('somebody-else')).entries).toEqual([])
  })

  it('sends only what changed since a revision', async () => {
    const client = newKey()
    await eventsOf(await server.complete({ metadata: { client } }))
    const { revision } = await ledgerOf(client)

    const later = await (await server.send('GET', `/ledger?client=${client}&since=${revision}`)).json()
    expect(later.entries).toEqual([])
  })
})

describe('bad requests', () => {
  it('refuses what is not JSON, too large, or of another type', async () => {
    const post = (body: string, type = 'application/json') =>
      fetch(`${server.url}/v1/chat/completions`, { method: 'POST', body, headers: { 'content-type': type } })

    expect((await post('{')).status).toBe(400)
    expect((await post('{}', 'text/plain')).status).toBe(415)
    expect((await post(JSON.stringify('x'.repeat(600_000)))).status).toBe(413)
  })

  it('refuses another method and names the right one', async () => {
    const response = await server.send('GET', '/v1/chat/completions')

    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('refuses a path that is no URL', async () => {
    const status = await new Promise(resolve =>
      request(server.url, { path: '//' }, response => resolve(response.resume().statusCode)).end(),
    )

    expect(status).toBe(400)
  })
})
