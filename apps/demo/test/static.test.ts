import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext } from 'playwright-core'
import { launchChromium } from 'test-fixtures/launch-chromium'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { buildStatic } from '../build-static.ts'
import { listen } from '../server/listen.ts'
import { staticFiles } from '../server/static-files.ts'
import { PLAIN_HOST, WITH_PLAIN_HOST } from './demo.ts'
import { describeInChromium } from './in-chromium.ts'
import { Visitor } from './visitor.ts'

const NOTHING_WRONG = { underWay: 0, lost: 0, doubled: 0, wrongChat: 0 }
const PATH = '/some/where/'

describeInChromium('the static build, below a path of a plain file server', () => {
  let folder: string
  let files: Server
  let url: string
  let browser: Browser
  let context: BrowserContext
  let visitor: Visitor
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'squall-static-'))
    await buildStatic(folder)
    const serve = staticFiles(folder)
    files = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost')
      const isBelow = pathname.startsWith(PATH)
      serve(request, response, isBelow ? pathname.slice(PATH.length - 1) : '/none').catch(() => {
        response.writeHead(404).end()
      })
    })
    url = (await listen(files, [0])) + PATH
    browser = await launchChromium(WITH_PLAIN_HOST)
  })
  beforeEach(async () => {
    context = await browser.newContext({ reducedMotion: 'reduce' })
    visitor = await Visitor.arrive(context, url)
    await faults({ latencyMs: 5, paceMs: 5 })
  })
  afterEach(async () => {
    expect(visitor.complaints).toEqual([])
    await context.close()
  })
  afterAll(async () => {
    await browser.close()
    files.close()
    files.closeAllConnections()
    await rm(folder, { recursive: true })
  })

  const faults = (change: object) =>
    visitor.page.evaluate(async body => {
      const headers = { 'content-type': 'application/json' }
      const response = await fetch('faults', { method: 'PUT', headers, body })
      if (!response.ok) throw new Error(await response.text())
    }, JSON.stringify(change))

  it('sends, streams, and has it after a reload in mid-reply', async () => {
    await faults({ paceMs: 20 })
    await visitor.choose('counter')
    await visitor.send('count to 60')
    await visitor.replies.filter({ hasText: 'ten' }).waitFor()
    await visitor.page.reload()

    expect(await visitor.settled(1)).toMatchObject({ ...NOTHING_WRONG, sent: 61, stored: 61 })
    expect(await visitor.firstReply()).toMatch(/^one .* sixty/)
  })

  it('brings the same faults as the server, and loses nothing to them', async () => {
    await faults({ unavailable: 0.3, rateLimited: 0.1, retryAfterSeconds: 0, dropped: 0.4, seed: 3 })
    await visitor.choose('counter')
    for (let n = 1; n <= 8; n++) await visitor.send(`count to ${n + 10}`)

    const tokens = 8 * 10 + 36
    expect(await visitor.settled(8, 60_000)).toMatchObject({ ...NOTHING_WRONG, sent: 8 + tokens, stored: 8 + tokens })
  })

  it('says what it needs where there are no service workers', async () => {
    const page = await context.newPage()
    await page.goto(url.replace('localhost', PLAIN_HOST))
    await page.getByText('it needs a service worker: open it over https, or on localhost').waitFor()
  })

  it('works without any network once it was loaded', async () => {
    await visitor.chatAbout('before')
    files.closeAllConnections()
    await context.setOffline(true)
    await new Promise<unknown>(resolve => files.close(resolve))
    await visitor.page.reload()
    await visitor.questions.filter({ hasText: 'before' }).waitFor()
    await visitor.send('offline')

    expect(await visitor.settled(2)).toMatchObject({ ...NOTHING_WRONG, sent: 4, stored: 4 })
    await context.setOffline(false)
    await listen(files, [Number(new URL(url).port)])
  })
})
