import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CALM } from '../shared/faults.ts'
import { parseNumbered } from '../shared/numbered.ts'
import { contentOf, eventsOf, type StreamedEvent } from './streamed-events.ts'
import { TestServer } from './test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await TestServer.start()
})
beforeEach(() => server.faults({ ...CALM, latencyMs: 0, paceMs: 1 }))
afterAll(() => server[Symbol.asyncDispose]())

let keys = 0
const newKey = () => `key-${++keys}`

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
    const events: StreamedEvent[] = []
    let cuts = 0
    for (let done = false; !done; ) {
      try {
        const response = await server.complete(
          { messages: [{ role: 'user', content: 'count to 30' }] },
          { 'idempotency-key': key, 'last-event-id': events.findLast(({ id }) => id)?.id ?? '' },
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
