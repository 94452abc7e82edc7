import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFetch, type FetchRetryOptions } from './index.ts'
import { type FaultServer, faultServer } from './testing.ts'

const FAST: FetchRetryOptions = { baseDelayMs: 1, maxDelayMs: 2 }
const POST = { method: 'POST', body: 'x' }

describe('a POST that could not connect', () => {
  let server: FaultServer
  let calls = 0
  const retrying = createFetch({
    ...FAST,
    maxRetries: 2,
    fetch: (input, init) => {
      calls++
      return fetch(input, init)
    },
  })
  const callsOf = async (send: () => Promise<unknown>) => {
    calls = 0
    await expect(send()).rejects.toThrow(TypeError)
    return calls
  }

  beforeAll(async () => {
    server = await faultServer()
  })
  afterAll(() => server.close())

  it('is not sent again after a redirect to another host with the same port, where nothing listens', async () => {
    const elsewhere = server.url.replace('127.0.0.1', '127.0.0.2')
    const url = server.plan('/redir', { status: 307, headers: { location: `${elsewhere}/y` } })

    expect(await callsOf(() => retrying(url, POST))).toBe(1)
    expect(server.requests).toHaveLength(1)
  })

  it('is sent again where no redirect can have shown it to a server', async () => {
    const gone = await faultServer()
    await gone.close()
    const byName = gone.url.replace('127.0.0.1', 'localhost')

    expect(await callsOf(() => retrying(gone.url, POST))).toBe(3)
    expect(await callsOf(() => retrying(byName, POST))).toBe(1)
    expect(await callsOf(() => retrying(byName, { ...POST, redirect: 'error' }))).toBe(3)
    expect(await callsOf(() => retrying(new Request(byName, { ...POST, redirect: 'manual' })))).toBe(3)
  })
})
