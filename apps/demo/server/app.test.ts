import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CALM } from '../shared/faults.ts'
import type { LedgerPage } from '../shared/ledger.ts'
import { parseNumbered } from '../shared/numbered.ts'
import { contentOf, eventsOf } from './streamed-events.ts'
import { TestServer } from './test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await TestServer.start()
})
beforeEach(() => server.faults({ ...CALM, latencyMs: 0, paceMs: 1 }))
afterAll(() => server[Symbol.asyncDispose]())

let keys = 0
const newKey = () => `key-${++keys}`

async function ledgerOf(client: string): Promise<LedgerPage> {
  return (await server.send('GET', `/ledger?client=${client}`)).json() as Promise<LedgerPage>
}

describe('POST /v1/chat/completions', () => {
  it('streams numbered tokens as OpenAI chunks and ends with [DONE]', async () => {
    const response = await server.complete()

    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const { events } = await eventsOf(response)
    expect(parseNumbered(contentOf(events)).map(({ word }) => word)).toEqual(['one', 'two', 'three', 'four', 'five'])
    const ids = events.map(({ id }) => id)
    const pieces = parseNumbered(contentOf(events)).length
    expect(new Set(ids.slice(0, pieces)).size).toBe(5)
    expect(ids.slice(pieces)).toEqual([undefined, undefined])
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
    const lastEventId = whole.events[2]?.id ?? ''
    const rest = await eventsOf(await server.complete({}, { 'idempotency-key': key, 'last-event-id': lastEventId }))

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
    const response = await server.complete({}, { 'idempotency-key': newKey(), 'last-event-id': 'run:7' })

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
