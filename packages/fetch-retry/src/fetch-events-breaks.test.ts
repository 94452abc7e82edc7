import { describe, expect, it } from 'vitest'
import { fetchEvents } from './index.ts'
import { type FaultReply, faultServer } from './testing.ts'

const headers = { 'content-type': 'text/event-stream' }
const QUICK = { reconnectMs: 5, baseDelayMs: 1, maxDelayMs: 1000 }
const brokenAfter = (head: string): FaultReply => ({
  headers,
  body: `${head}data: never whole`,
  fault: 'truncated-body',
  faultAfter: head.length,
})

describe('fetchEvents', () => {
  it('gives up on a server that answers and breaks at once, and waits longer each time', async () => {
    await using server = await faultServer({ reply: brokenAfter('data: half') })

    await expect(fetchEvents(server.url, {}, { ...QUICK, reconnectMs: 40, maxRetries: 3 }).next()).rejects.toThrow()

    const times = server.requests.map(({ receivedAt }) => receivedAt)
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    expect(times).toHaveLength(4)
    for (const [index, leastMs] of [40, 80, 160].entries()) expect(waits[index]).toBeGreaterThanOrEqual(leastMs)
  })

  it('goes on for as long as each connection brings an event or a comment', async () => {
    for (const sign of [': still here\n', 'data: x\n\n']) {
      const breaks = Array.from({ length: 6 }, () => brokenAfter(sign))
      await using server = await faultServer()
      const url = server.plan('/', ...breaks, { status: 204 })

      for await (const { data } of fetchEvents(url, {}, { ...QUICK, maxRetries: 1 })) expect(data).toBe('x')

      expect(server.requests).toHaveLength(7)
    }
  })

  it('ends with what its consumer throws into it, and connects no more', async () => {
    await using server = await faultServer({ reply: { headers, body: 'data: 1\n\ndata: 2\n\n' } })
    const events = fetchEvents(server.url, {}, QUICK)
    const mine = new Error('mine')
    await events.next()

    await expect(events.throw(mine)).rejects.toBe(mine)

    expect(await events.next()).toEqual({ done: true, value: undefined })
    expect(server.requests).toHaveLength(1)
  })
})
