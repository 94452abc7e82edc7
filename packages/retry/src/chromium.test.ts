import type { Browser, Page } from 'playwright-core'
import { bundle } from 'test-fixtures/bundle'
import { hasChromium } from 'test-fixtures/has-chromium'
import { launchChromium } from 'test-fixtures/launch-chromium'
import { type ScriptServer, serveScript } from 'test-fixtures/serve-script'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type * as Retry from './index.ts'

/** What the page has of the package. */
declare const lib: typeof Retry

describe.skipIf(!hasChromium)('in Chromium', () => {
  let browser: Browser
  let page: Page
  let server: ScriptServer

  beforeAll(async () => {
    const script = await bundle(`import * as lib from './index.ts'; globalThis.lib = lib`, import.meta.dirname)
    server = await serveScript(script, {
      '/reset': request => request.socket.destroy(),
      '/cut': (request, response) => {
        response.setHeader('content-length', '100').write('abc')
        setTimeout(() => request.socket.destroy(), 20)
      },
    })
    browser = await launchChromium()
    page = await browser.newPage()
    await page.goto(server.url)
  })

  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
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
