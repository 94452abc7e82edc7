import { getEventListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { collectGarbage } from 'test-fixtures/collect-garbage'
import { describe, expect, it, vi } from 'vitest'
import { createFetch } from './index.ts'
import { faultServer, type ReceivedRequest } from './testing.ts'

const REQUESTS = process.env.SEARCH ? 10_000 : 400
const CONCURRENCY = 16
const SEED = Number(process.env.SEED ?? Date.now() % 1e6)
const FAULTS = {
  '503': 0.15,
  '429': 0.05,
  '404': 0.05,
  'reset-before-headers': 0.05,
  'reset-in-headers': 0.03,
  'stalled-headers': 0.02,
  'reset-in-body': 0.03,
  'truncated-body': 0.03,
  'stalled-body': 0.02,
  'split-body': 0.05,
}
const KINDS = [
  { method: 'GET' },
  { method: 'PUT', body: 'put' },
  { method: 'POST', body: 'post' },
  { method: 'POST', body: 'keyed', headers: { 'idempotency-key': 'k' } },
]
const ATTEMPTS = 4

describe(`${REQUESTS} requests with random faults (SEED=${SEED})`, () => {
  it('end as they should, none that may not be repeated is, and nothing is left', async () => {
    const server = await faultServer({ faults: FAULTS, seed: SEED, reply: { body: 'a good answer' } })
    const controller = new AbortController()
    const calls: number[] = []
    const counting: typeof globalThis.fetch = (input, init) => {
      const index = Number(String(input).split('/').at(-1))
      calls[index] = (calls[index] ?? 0) + 1
      return globalThis.fetch(input, init)
    }
    const fetch = createFetch({ fetch: counting, baseDelayMs: 1, maxDelayMs: 4, timeoutMs: 150, bodyTimeoutMs: 150 })
    const outcomes: string[] = []
    let heapAtHalf = 0

    async function request(index: number) {
      const kind = KINDS[index % KINDS.length]
      try {
        const response = await fetch(`${server.url}/${index}`, { ...kind, signal: controller.signal })
        const text = await response.text().catch(() => 'broken body')
        outcomes[index] = `${response.status} ${text}`
      } catch (error) {
        outcomes[index] = (error as Error).name
      }
    }
    let next = 0
    const worker = async () => {
      for (let index = next++; index < REQUESTS; index = next++) {
        await request(index)
        if (index === REQUESTS / 2) heapAtHalf = heapUsed()
      }
    }
    const timersBefore = timers()
    await Promise.all(Array.from({ length: CONCURRENCY }, worker))
    // Those of the last answers may have a moment to go. `vi.waitFor` would count its own.
    for (let waits = 0; waits < 100 && timers() > timersBefore; waits++) await sleep(20)
    expect(timers()).toBeLessThanOrEqual(timersBefore)

    const received: ReceivedRequest[][] = Array.from({ length: REQUESTS }, () => [])
    for (const sent of server.requests) received[Number(sent.path.slice(1))]?.push(sent)
    for (let index = 0; index < REQUESTS; index++)
      check(index, outcomes[index] ?? '', calls[index] ?? 0, received[index] ?? [])
    await vi.waitFor(() => expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0))
    await server.close()
    expect(server.openSockets).toBe(0)
    // The server remembers each request; the client must not hold more than that.
    expect(heapUsed() - heapAtHalf).toBeLessThan(2_000_000 + 3000 * (REQUESTS / 2))
  })
})

/** Those that would keep the process. */
function timers(): number {
  return process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length
}

function heapUsed(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

function check(index: number, outcome: string, calls: number, received: readonly ReceivedRequest[]): void {
  const kind = KINDS[index % KINDS.length]
  const mayRepeat = kind?.method !== 'POST' || kind.headers !== undefined
  const isDone = /^(?:200|404) /.test(outcome)
  const message = `${kind?.method} /${index}: ${outcome} after ${calls} calls`
  expect(received.length, message).toBeLessThanOrEqual(mayRepeat ? ATTEMPTS : 1)
  if (mayRepeat && !isDone) expect(calls, message).toBe(ATTEMPTS)
  if (outcome.startsWith('200')) expect(['200 a good answer', '200 broken body'], message).toContain(outcome)
  for (const { body } of received) expect(Buffer.from(body).toString(), message).toBe(kind?.body ?? '')
}
