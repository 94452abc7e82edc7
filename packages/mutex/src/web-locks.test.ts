import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LockManager } from './index.ts'
import { conformance } from './web-locks.test-helper.ts'
import { increment } from './web-locks-check.test-helper.ts'

const cases = Object.keys(conformance)

describe('LockManager in Node, by the Web Locks specification', () => {
  it.each(cases)('%s', async name => {
    await conformance[name]?.(new LockManager(), name)
  })

  it('keeps three parts of one process apart', async () => {
    const locks = new LockManager()
    let value = 0
    const counter = {
      read: async () => value,
      write: async (next: number) => {
        await undefined
        value = next
      },
    }

    await Promise.all([1, 2, 3].map(() => increment(locks, counter, 20)))

    expect(value).toBe(60)
  })
})

/** Where Chromium 156 differs: who waits behind an aborted request goes on with the next release only. */
const DEVIATIONS: Record<string, string> = { 'an aborted request lets those behind it go on': 'hangs' }
const executablePath = process.env.CHROMIUM_PATH
if (!executablePath && process.env.REQUIRE_CHROMIUM)
  throw new Error('CHROMIUM_PATH is not set, and a browser is required')

describe.skipIf(!executablePath)('navigator.locks in Chromium, by the same cases', () => {
  let value = 0
  let results: Record<string, string> = {}
  let browser: Browser
  const server = createServer(async (request, response) => {
    if (request.url === '/script.js') response.setHeader('content-type', 'text/javascript').end(await script())
    else if (request.url !== '/counter')
      response.setHeader('content-type', 'text/html').end('<script src="/script.js"></script>')
    else if (request.method === 'GET') response.end(String(value))
    else {
      for await (const chunk of request) value = Number(chunk)
      response.end()
    }
  })
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const args = [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ]
    args.push('--disable-component-update', '--disable-sync')
    browser = await chromium.launch({ executablePath: executablePath ?? '', args })
    const page = await browser.newPage()
    await page.goto(origin())
    results = await page.evaluate('runConformance()')
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    server.close()
    server.closeAllConnections()
  })

  it.each(cases)('%s', name => {
    expect(results[name]).toBe(DEVIATIONS[name] ?? 'ok')
  })

  it('keeps two tabs and a worker apart, through the same calls', async () => {
    value = 0
    const context = await browser.newContext()
    const tabs = [await context.newPage(), await context.newPage()]
    for (const tab of tabs) await tab.goto(origin())

    await Promise.all([
      tabs[0]?.evaluate('runCounter()'),
      tabs[1]?.evaluate('runCounter()'),
      tabs[0]?.evaluate('runInWorker()'),
    ])

    expect(value).toBe(60)
    await context.close()
  })
})

/** What a page and its worker run: the cases on the browser's own locks, and the counter that the server keeps. */
async function script(): Promise<string> {
  const contents = `
    import { conformance } from './web-locks.test-helper.ts'
import { increment } from './web-locks-check.test-helper.ts'
    const counter = {
      read: async () => Number(await (await fetch('/counter')).text()),
      write: value => fetch('/counter', { method: 'POST', body: String(value) }),
    }
    globalThis.runCounter = () => increment(navigator.locks, counter, 20)
    globalThis.runInWorker = () => new Promise((resolve, reject) => {
      const worker = new Worker('/script.js')
      worker.onmessage = resolve
      worker.onerror = reject
    })
    globalThis.runConformance = async () => {
      const results = {}
      for (const [name, run] of Object.entries(conformance))
        results[name] = await Promise.race([
          run(navigator.locks, name).then(() => 'ok', error => String(error?.stack ?? error)),
          new Promise(resolve => setTimeout(resolve, 2000, 'hangs')),
        ])
      return results
    }
    if (typeof document === 'undefined') runCounter().then(() => postMessage('done'))`
  const resolveDir = fileURLToPath(new URL('.', import.meta.url))
  const { outputFiles } = await build({ stdin: { contents, resolveDir }, bundle: true, write: false, format: 'iife' })
  return outputFiles[0]?.text ?? ''
}
