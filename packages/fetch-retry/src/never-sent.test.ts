import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
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

  it('to an IPv6 address is sent again', async () => {
    const probe = createServer().listen(0, '::1')
    await once(probe, 'listening')
    const { port } = probe.address() as AddressInfo
    await new Promise(resolve => probe.close(resolve))

    expect(await callsOf(() => retrying(`http://[::1]:${port}/`, POST))).toBe(3)
  })

  it('by a name that does not exist is sent again when asked for, and where no redirect is followed', async () => {
    const unknown = 'http://nowhere.invalid/'
    const insist = { shouldRetry: () => true }

    expect(await callsOf(() => retrying(unknown, { ...POST, redirect: 'error' }))).toBe(1)
    expect(await callsOf(() => retrying(unknown, { ...POST, redirect: 'error', retry: insist }))).toBe(3)
    expect(await callsOf(() => retrying(unknown, { ...POST, retry: insist }))).toBe(1)
  })
})
