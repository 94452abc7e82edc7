import { getEventListeners } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFetch, fetchResumable, fetchWithRetry, fetchWithTimeout } from './index.ts'
import { type FaultServer, faultServer } from './testing.ts'

const listenersOf = (signal: AbortSignal) => getEventListeners(signal, 'abort').length
const settle = () => new Promise(resolve => setTimeout(resolve, 100))

describe('a call that ends before it has sent anything', () => {
  let server: FaultServer
  beforeAll(async () => {
    server = await faultServer()
  })
  afterAll(() => server.close())

  it('sends nothing after the abort, and leaves neither listener nor socket', async () => {
    const POST = { method: 'POST', body: 'pay' }
    const calls: ((signal: AbortSignal) => Promise<unknown>)[] = [
      signal => fetchWithRetry(server.url, { options: { ...POST, signal } }),
      signal => fetchWithTimeout(server.url, { ...POST, signal }),
      signal => createFetch({ bodyTimeoutMs: 1000 })(server.url, { ...POST, signal }),
      signal => createFetch({ timeoutMs: 1000 })(new Request(server.url, { ...POST, signal })),
      signal => fetchResumable(server.url, { signal }),
    ]
    for (const call of calls) {
      const controller = new AbortController()
      const promise = call(controller.signal)
      controller.abort('changed my mind')

      await expect(promise).rejects.toBe('changed my mind')
      await settle()
      expect(server.requests).toHaveLength(0)
      expect(server.openSockets).toBe(0)
      expect(listenersOf(controller.signal)).toBe(0)
    }
  })

  it('sends nothing after its own time-out or deadline, while a stream is buffered', async () => {
    for (const bound of [{ timeoutMs: 20 }, { deadlineMs: 20 }]) {
      const { signal } = new AbortController()
      const slow = new ReadableStream({
        async start(controller) {
          await new Promise(resolve => setTimeout(resolve, 60))
          controller.enqueue(new TextEncoder().encode('x'))
          controller.close()
        },
      })
      const init = { method: 'POST', body: slow, duplex: 'half', signal } as RequestInit
      const sending = createFetch({ ...bound, bufferBody: 1000, maxRetries: 0 })

      await expect(sending(server.url, init)).rejects.toThrow()
      await settle()
      expect(server.requests).toHaveLength(0)
      expect(listenersOf(signal)).toBe(0)
    }
  })

  it('by fetchResumable with a signal that is aborted already sends nothing', async () => {
    const signal = AbortSignal.abort('before')

    await expect(fetchResumable(server.url, { signal })).rejects.toBe('before')

    expect(server.requests).toHaveLength(0)
    expect(listenersOf(signal)).toBe(0)
  })
})
