import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delay } from '@x/retry'
import { afterEach, describe, expect, it } from 'vitest'
import { type Fault, type FaultOptions, type Handler, withFaults } from './testing.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function serve(handler: Handler, options: FaultOptions | (() => FaultOptions)): Promise<string> {
  const server = createServer(withFaults(handler, options)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** What a client sees that waits only a moment for what is not expected to come. */
async function outcomeOf(url: string, expected: string): Promise<string> {
  const controller = new AbortController()
  const waitFor = (ms: number) => setTimeout(() => controller.abort(new DOMException('too late', 'TimeoutError')), ms)
  let timer = waitFor(expected === 'TimeoutError' ? 500 : 20_000)
  try {
    const response = await fetch(url, { signal: controller.signal })
    clearTimeout(timer)
    timer = waitFor(expected.endsWith('TimeoutError') ? 500 : 20_000)
    return await response.text().catch(error => `${response.status}, then ${error.name}`)
  } catch (error) {
    return (error as Error).name
  } finally {
    clearTimeout(timer)
  }
}

describe('a handler with faults', () => {
  it('has done its work when its answer is lost', async () => {
    const expected: Record<Fault, string> = {
      'reset-before-headers': 'TypeError',
      'reset-in-headers': 'TypeError',
      'reset-in-body': '200, then TypeError',
      'truncated-body': '200, then TypeError',
      'stalled-headers': 'TimeoutError',
      'stalled-body': '200, then TimeoutError',
      'endless-body': '200, then TimeoutError',
      'split-body': 'a whole answer, Zoë 🙂',
    }
    const check = async ([fault, outcome]: [string, string]) => {
      let calls = 0
      const answers: Handler[] = [
        (_, response) => response.end('a whole answer, Zoë 🙂'),
        (_, response) => response.writeHead(200, { 'x-a': 'b' }).end(Buffer.from('a whole answer, Zoë 🙂')),
        async (_, response) => {
          response.setHeader('x-a', 'b').flushHeaders()
          response.write('a whole ')
          await new Promise(resolve => response.write('answer, ', resolve))
          response.end('Zoë 🙂', () => {})
        },
      ]
      for (const answer of answers) {
        const handler: Handler = (...args) => {
          calls++
          return answer(...args)
        }
        const url = await serve(handler, { faults: { [fault]: 1 } })
        expect(await outcomeOf(url, outcome), fault).toBe(outcome)
      }
      expect(calls).toBe(3)
    }
    await Promise.all(Object.entries(expected).map(check))
  })

  it('sends as much of the body as it is told to, across its writes', async () => {
    for (const faultAfter of [0, 3, 7, 8]) {
      const faults = { 'truncated-body': { share: 1, faultAfter } }
      const url = await serve((_, response) => response.write('1234') && response.end('5678'), { faults })
      const reader = (await fetch(url)).body?.getReader()
      let text = ''
      const read = async () => {
        for (let part = await reader?.read(); part?.value; part = await reader?.read())
          text += Buffer.from(part.value).toString()
      }
      await expect(read()).rejects.toThrow()
      expect(text).toBe('12345678'.slice(0, faultAfter))
    }
  })

  it('is not called where a status takes its place', async () => {
    let calls = 0
    const limited = { share: 1, headers: { 'retry-after': '2' }, body: 'slow down' }
    const url = await serve(
      (_, response) => {
        calls++
        response.end()
      },
      { faults: { '429': limited } },
    )

    const response = await fetch(url, { method: 'POST', body: 'x'.repeat(100_000) })

    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([
      429,
      '2',
      'slow down',
    ])
    expect(calls).toBe(0)
  })

  it('asks for its options at each request, and begins anew with another seed', async () => {
    const handler: Handler = (_, response) => response.end()
    let seed = 'a'
    const url = await serve(handler, () => ({ faults: { '503': 0.5 }, seed }))
    const statuses = async () => {
      const found: number[] = []
      for (let n = 0; n < 12; n++) found.push((await fetch(url)).status)
      return found.join()
    }

    const first = await statuses()
    seed = 'b'
    const second = await statuses()
    const again = await serve(handler, { faults: { '503': 0.5 }, seed: 'a' })
    const outcomes: number[] = []
    for (let n = 0; n < 12; n++) outcomes.push((await fetch(again)).status)

    expect(second).not.toBe(first)
    expect(outcomes.join()).toBe(first)
    expect(first).toContain('503')
  })

  it('waits before it answers, and not for a client that is gone', async () => {
    let calls = 0
    const handler: Handler = (_, response) => {
      calls++
      response.end('late')
    }
    let delayMs = 1500
    const url = await serve(handler, () => ({ delayMs }))
    await expect(fetch(url, { signal: AbortSignal.timeout(10) })).rejects.toThrow()
    delayMs = 40
    const startedAt = performance.now()
    expect(await (await fetch(url)).text()).toBe('late')
    expect(performance.now() - startedAt).toBeGreaterThan(39)
    await delay(1600)

    expect(calls).toBe(1)
  })
})
