import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Browser } from 'playwright-core'
import { bundle } from 'test-fixtures/bundle'
import { hasChromium } from 'test-fixtures/has-chromium'
import { launchChromium } from 'test-fixtures/launch-chromium'
import { type ScriptServer, serveScript } from 'test-fixtures/serve-script'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { conformance } from '../test/web-locks.ts'
import { increment } from '../test/web-locks-check.ts'
import { LockManager } from './index.ts'

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

/** What a page and its worker run: the cases on the browser's own locks, and the counter that the server keeps. */
const SCRIPT = `
import { conformance } from '../test/web-locks.ts'
import { increment } from '../test/web-locks-check.ts'
const counter = {
  read: async () => Number(await (await fetch('/counter')).text()),
  write: value => fetch('/counter', { method: 'POST', body: String(value) }),
}
globalThis.runCounter = () => increment(navigator.locks, counter, 20)
globalThis.runInWorker = () => new Promise((resolve, reject) => {
  const worker = new Worker('/script.js', { type: 'module' })
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

describe.skipIf(!hasChromium)('navigator.locks in Chromium, by the same cases', () => {
  let value = 0
  let results: Record<string, string> = {}
  let browser: Browser
  let server: ScriptServer

  async function count(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') response.end(String(value))
    else {
      for await (const chunk of request) value = Number(chunk)
      response.end()
    }
  }

  beforeAll(async () => {
    const script = await bundle(SCRIPT, import.meta.dirname)
    server = await serveScript(script, { '/counter': (request, response) => void count(request, response) })
    browser = await launchChromium()
    const page = await browser.newPage()
    await page.goto(server.url)
    results = await page.evaluate('runConformance()')
  })

  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  it.each(cases)('%s', name => {
    expect(results[name]).toBe(DEVIATIONS[name] ?? 'ok')
  })

  it('keeps two tabs and a worker apart, through the same calls', async () => {
    value = 0
    const context = await browser.newContext()
    const tabs = [await context.newPage(), await context.newPage()]
    for (const tab of tabs) await tab.goto(server.url)

    await Promise.all([
      tabs[0]?.evaluate('runCounter()'),
      tabs[1]?.evaluate('runCounter()'),
      tabs[0]?.evaluate('runInWorker()'),
    ])

    expect(value).toBe(60)
    await context.close()
  })
})
