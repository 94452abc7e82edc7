import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type * as Retry from './index.ts'

/** What the page has: see `script`. */
declare const lib: typeof Retry

const executablePath = process.env.CHROMIUM_PATH
if (!executablePath && process.env.REQUIRE_CHROMIUM)
  throw new Error('CHROMIUM_PATH is not set, and a browser is required')

const ARGS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'

async function script(): Promise<string> {
  const entry = fileURLToPath(new URL('index.ts', import.meta.url))
  const options = { bundle: true, write: false, format: 'iife', globalName: 'lib' } as const
  const { outputFiles } = await build({ entryPoints: [entry], ...options })
  return outputFiles[0]?.text ?? ''
}

describe.skipIf(!executablePath)('in Chromium', () => {
  let browser: Browser
  let page: Page
  const server = createServer(async (request, response) => {
    if (request.url === '/script.js') response.setHeader('content-type', 'text/javascript').end(await script())
    else if (request.url === '/reset') request.socket.destroy()
    else if (request.url === '/cut') {
      response.setHeader('content-length', '100').write('abc')
      setTimeout(() => request.socket.destroy(), 20)
    } else response.setHeader('content-type', 'text/html').end('<script src="/script.js"></script>')
  })

  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ARGS.split(' ') })
    page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    server.close()
    server.closeAllConnections()
  })

  it('a connection that is reset, or cut in the body, is a failure to retry', async () => {
    const classes = await page.evaluate(async () => {
      const classOf = (call: Promise<unknown>) => call.catch(error => lib.classifyError(error))
      return [await classOf(fetch('/reset')), await classOf(fetch('/cut').then(response => response.text()))]
    })
    expect(classes).toEqual(['transient', 'transient'])
  })

  it('an abort by AbortSignal.timeout(), which is no event of a script, ends the call with its own reason', async () => {
    const outcome = await page.evaluate(async () => {
      const signal = AbortSignal.timeout(30)
      let calls = 0
      // Rejects before the retry's own listener has been called.
      const early = new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('early'))))
      const call = () => {
        calls++
        return early
      }
      const error = await lib.retry(call, { signal, baseDelayMs: 1 }).catch(error => error)
      return [error === signal.reason, calls]
    })
    expect(outcome).toEqual([true, 1])
  })

  it('a hook that throws is an error event of the page, and the call goes on', async () => {
    const outcome = await page.evaluate(async () => {
      const events: string[] = []
      addEventListener('error', event => events.push(event.message))
      const onRetry = () => {
        throw new Error('hook')
      }
      const flaky = ({ attempt }: { attempt: number }) => (attempt === 1 ? Promise.reject(new Error('once')) : 'done')
      return [await lib.retry(flaky, { onRetry, baseDelayMs: 1 }), events]
    })
    expect(outcome).toEqual(['done', ['Uncaught Error: hook']])
  })

  it('dates of all three forms are read as in Node', async () => {
    const dates = ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994']
    const read = await page.evaluate(texts => texts.map(text => lib.parseHttpDate(text)), dates)
    expect(new Set(read)).toEqual(new Set([784_111_777_000]))
  })
})
