import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type FaultServerOptions, faultServer, withFaults } from './testing.ts'

describe('faultServer', () => {
  it('answers as planned, the last reply for good, and records what came', async () => {
    await using server = await faultServer()
    const url = server.plan('/a', { status: 503, headers: { 'x-a': 'b' } }, { body: 'fine' })

    const first = await fetch(`${url}?q=1`, { method: 'POST', body: 'sent' })
    const bodies = [await (await fetch(url)).text(), await (await fetch(url)).text()]

    expect([first.status, first.headers.get('x-a')]).toEqual([503, 'b'])
    expect(bodies).toEqual(['fine', 'fine'])
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /a?q=1', 'GET /a', 'GET /a'])
    expect(Buffer.from(server.requests[0]?.body ?? []).toString()).toBe('sent')
  })

  it('breaks connections where it is told to', async () => {
    await using server = await faultServer()
    const outcome = async (fault: 'reset-before-headers' | 'reset-in-headers' | 'reset-in-body' | 'truncated-body') => {
      const response = await fetch(server.plan('/', { body: 'whole', fault })).catch(() => 'no headers')
      return typeof response === 'string' ? response : response.text().catch(() => 'no body')
    }

    expect(await outcome('reset-before-headers')).toBe('no headers')
    expect(await outcome('reset-in-headers')).toBe('no headers')
    expect(await outcome('reset-in-body')).toBe('no body')
    expect(await outcome('truncated-body')).toBe('no body')
  })

  it('takes what is undefined for not given', async () => {
    await using server = await faultServer({ reply: { body: 'mine', delayMs: undefined }, delayMs: 30 })
    const url = server.plan('/a', { status: undefined, body: undefined, fault: undefined })

    const planned = await fetch(url)
    const startedAt = performance.now()
    const other = await fetch(server.url)

    expect([planned.status, await planned.text(), await other.text()]).toEqual([200, 'ok', 'mine'])
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(25)
  })

  it('splits a body without losing a byte', async () => {
    await using server = await faultServer({ reply: { body: 'Zoë 🙂', fault: 'split-body' } })

    expect(await (await fetch(server.url)).text()).toBe('Zoë 🙂')
  })

  it('gives the same faults for the same seed, in whatever order requests arrive', async () => {
    const options: FaultServerOptions = { faults: { '503': 0.3, '429': 0.2 }, seed: 7 }
    const statuses = async (paths: string[]) => {
      await using server = await faultServer(options)
      const found = await Promise.all(paths.map(async path => [path, (await fetch(server.url + path)).status] as const))
      return Object.fromEntries(found)
    }
    const paths = Array.from({ length: 60 }, (_, index) => `/${index}`)

    const first = await statuses(paths)

    expect(await statuses([...paths].reverse())).toEqual(first)
    expect(new Set(Object.values(first))).toEqual(new Set([200, 503, 429]))
  })

  it('closes though answers hang', async () => {
    const server = await faultServer({ reply: { fault: 'stalled-headers' } })
    const hanging = fetch(server.url).catch(() => 'closed')
    while (server.requests.length === 0) await new Promise(resolve => setTimeout(resolve, 1))

    await server.close()

    expect(await hanging).toBe('closed')
    expect(server.openSockets).toBe(0)
  })

  it('outlives clients that leave in mid-request, or before the answer', async () => {
    await using server = await faultServer({ reply: { body: 'whole', fault: 'truncated-body' } })
    const leave = (request: string) =>
      new Promise<void>(resolve => {
        const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
          socket.write(request)
          setTimeout(() => socket.destroy(), Math.random() * 3)
        })
        socket.on('error', () => {}).on('close', () => resolve())
      })
    const head = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n'

    await Promise.all(Array.from({ length: 100 }, (_, n) => leave(n % 2 ? `${head}1234${head}1234` : `${head}12`)))

    await expect(fetch(server.url).then(response => response.text())).rejects.toThrow()
    while (server.openSockets > 1) await new Promise(resolve => setTimeout(resolve, 1))
  })

  it('refuses a misspelled fault and a path that never comes, instead of answering well', async () => {
    await using server = await faultServer()
    const misspelled = { fault: 'reset-in-bdoy' as 'reset-in-body' }
    const shares = { 'reset-in-bdoy': 1 } as FaultServerOptions['faults']

    expect(() => server.plan('/a', {}, misspelled)).toThrow(/^`fault` must be of .*, got reset-in-bdoy$/)
    expect(() => server.plan('/a?page=2', {})).toThrow('`path` must begin with / and have no query, got /a?page=2')
    expect(() => server.plan('a', {})).toThrow(TypeError)
    await expect(faultServer({ faults: shares })).rejects.toThrow(/^`faults` must be of .*, got reset-in-bdoy$/)
    await expect(faultServer({ reply: misspelled })).rejects.toThrow(/`fault`/)
    expect(() => withFaults(() => {}, { faults: shares })).toThrow(/`faults`/)
  })
})
