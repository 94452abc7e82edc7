import { systemClock } from '@x/retry'
import { describe, expect, it } from 'vitest'
import { createFetch, type HttpError } from './index.ts'
import { releaseResponse } from './release-response.ts'
import { faultServer } from './testing.ts'

const until = async (condition: () => boolean, withinMs = 5000) => {
  const giveUpAt = performance.now() + withinMs
  while (!condition() && performance.now() < giveUpAt) await new Promise(resolve => setTimeout(resolve, 2))
  return condition()
}

describe('a response that will be retried', () => {
  // Again where the machine was busy with something else just then.
  it('frees its socket within the delay and 50 ms when its body never ends', { retry: 5 }, async () => {
    for (const fault of ['endless-body', 'stalled-body'] as const) {
      await using server = await faultServer()
      const url = server.plan('/', { status: 503, body: 'x'.repeat(1000), fault }, { body: 'fine' })

      const response = await createFetch({ baseDelayMs: 100, jitter: 'none' })(url)

      const [first, second] = server.requests
      expect(await response.text()).toBe('fine')
      expect((second?.receivedAt ?? 0) - (first?.receivedAt ?? 0)).toBeLessThan(100 + 500)
      expect(await until(() => server.openSockets === 1)).toBe(true)
    }
  })

  it('keeps the connection when its body is short', async () => {
    await using server = await faultServer()
    const url = server.plan('/', { status: 503, body: 'x'.repeat(10_000) }, { body: 'fine' })

    await (await createFetch({ baseDelayMs: 300, jitter: 'none' })(url)).text()

    expect(server.requests).toHaveLength(2)
    expect(server.totalSockets).toBe(1)
  })

  it('is left to the hook that reads it', async () => {
    await using server = await faultServer()
    const url = server.plan('/', { status: 503, body: 'why' }, { body: 'fine' })
    const read: Promise<string>[] = []

    await createFetch({
      baseDelayMs: 10,
      onRetry: ({ error }) => void read.push((error as HttpError).response.text()),
    })(url)

    expect(await Promise.all(read)).toEqual(['why'])
  })

  it('is handed over unread when the hook before its retry has used up the deadline', async () => {
    await using server = await faultServer({ reply: { status: 503, body: 'still here' } })
    let now = 0
    const onRetry = () => {
      now = 60_000
    }
    const clock = { ...systemClock, now: () => now }

    const response = await createFetch({ deadlineMs: 60_000, baseDelayMs: 1, onRetry, clock })(server.url)

    expect(server.requests).toHaveLength(1)
    expect(await response.text()).toBe('still here')
  })

  it('is freed when the caller aborts while shouldRetry thinks', async () => {
    await using server = await faultServer()
    const url = server.plan('/', { status: 503, fault: 'endless-body' })
    const controller = new AbortController()

    const call = createFetch({
      shouldRetry: () => {
        controller.abort('enough')
        return new Promise<boolean>(() => {})
      },
    })(url, { signal: controller.signal })

    await expect(call).rejects.toBe('enough')
    // Node opens a spare connection in place of one that was cut.
    expect(await until(() => server.totalSockets - server.openSockets === 1)).toBe(true)
  })
})

describe('releaseResponse', () => {
  it('leaves a locked body and a missing one alone', () => {
    const locked = new Response('x')
    const reader = locked.body?.getReader()

    releaseResponse(locked)
    releaseResponse(new Response(null))

    return expect(reader?.read()).resolves.toMatchObject({ done: false })
  })

  it('does not wait for the twin of a cloned body', async () => {
    const response = new Response(new ReadableStream())
    response.clone()

    expect(releaseResponse(response)).toBeUndefined()
    expect(await until(() => response.body?.locked === true)).toBe(true)
  })
})
