import type { Browser, Page } from 'playwright-core'
import { bundle } from 'test-fixtures/bundle'
import { hasChromium } from 'test-fixtures/has-chromium'
import { launchChromium } from 'test-fixtures/launch-chromium'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FaultReply, type FaultServer, faultServer } from './testing.ts'

const CORS = { 'access-control-allow-origin': '*' }

/** What `window.run(code)` knows: the package, and fast options. */
const SCRIPT = `
import * as lib from './index.ts'
window.run = (code, values) => new Function('lib', 'fast', 'values', 'return (async () => {' + code + '})()')(lib, { baseDelayMs: 1, maxDelayMs: 2 }, values)
`

describe.skipIf(!hasChromium)('in Chromium', () => {
  let home: FaultServer
  let away: FaultServer
  let browser: Browser
  let page: Page
  let count = 0

  const plan = (server: FaultServer, ...replies: FaultReply[]) => server.plan(`/browser-${++count}`, ...replies)
  const sent = (server: FaultServer, url: string) => server.requests.filter(({ path }) => server.url + path === url)
  const run = (code: string, values: Record<string, string> = {}) =>
    page.evaluate(`run(${JSON.stringify(code)}, ${JSON.stringify(values)})`)

  beforeAll(async () => {
    const body = await bundle(SCRIPT, import.meta.dirname)
    home = await faultServer()
    away = await faultServer()
    home.plan('/script.js', { headers: { 'content-type': 'text/javascript' }, body })
    const html = { 'content-type': 'text/html' }
    home.plan('/', { headers: html, body: '<script type="module" src="/script.js"></script>' })
    browser = await launchChromium()
    page = await browser.newPage()
    await page.goto(home.url)
  })

  afterAll(async () => {
    await browser?.close()
    await home?.close()
    await away?.close()
  })

  it('sends again after a 503, a reset and a timeout, by a relative URL', async () => {
    const url = plan(
      home,
      { status: 503 },
      { fault: 'reset-before-headers' },
      { fault: 'stalled-headers' },
      { body: 'fine' },
    )
    const { pathname } = new URL(url)

    const text = await run('return (await lib.createFetch({ ...fast, timeoutMs: 2000 })(values.url)).text()', {
      url: pathname,
    })

    expect(text).toBe('fine')
    // Chromium itself sends a request again when the connection it had kept is reset.
    expect(sent(home, url).length).toBeGreaterThanOrEqual(4)
  })

  it('replays every kind of body, byte for byte', async () => {
    const code = `
      const form = () => { const data = new FormData(); data.append('f', new File(['x'], 'a')); return data }
      const bodies = ['text', form(), new Blob(['blob']), new URLSearchParams({ a: 'b' }), new Uint8Array([1, 2, 3])]
      for (const [at, body] of bodies.entries()) await lib.createFetch(fast)(values.url + at, { method: 'PUT', body })
      await lib.createFetch(fast)(new Request(values.url + 5, { method: 'PUT', body: form() }))
    `
    for (let at = 0; at < 6; at++) home.plan(`/body-${at}`, { status: 503 }, { status: 200 })

    await run(code, { url: `${home.url}/body-` })

    for (let at = 0; at < 6; at++) {
      const [first, second, ...more] = sent(home, `${home.url}/body-${at}`)
      expect(more).toEqual([])
      expect(first?.body.length).toBeGreaterThan(0)
      expect(Buffer.from(second?.body ?? []).toString('latin1')).toBe(Buffer.from(first?.body ?? []).toString('latin1'))
      expect(second?.headers['content-type']).toBe(first?.headers['content-type'])
    }
  })

  it("'auto' adds a key for the page's own origin, and asks no other for a preflight", async () => {
    const own = plan(home, { status: 503 }, { status: 200 })
    const other = plan(away, { status: 503, headers: CORS })
    const post = `const { status } = await lib.createFetch({ ...fast, idempotencyKey: 'auto' })(values.url, { method: 'POST', body: 'x' })
      return status`

    expect(await run(post, { url: own })).toBe(200)
    expect(await run(post, { url: other })).toBe(503)

    expect(sent(home, own).map(({ headers }) => headers['idempotency-key'])).toHaveLength(2)
    expect(sent(home, own)[0]?.headers['idempotency-key']).toMatch(/^"[0-9a-f-]{36}"$/)
    expect(sent(away, other).map(({ method }) => method)).toEqual(['POST'])
  })

  it('obeys the hint of another origin that exposes it', async () => {
    const headers = { ...CORS, 'access-control-expose-headers': 'Retry-After, Date', 'retry-after': '1' }
    const url = plan(away, { status: 429, headers }, { headers: CORS, body: 'fine' })

    expect(await run('return (await lib.createFetch(fast)(values.url)).text()', { url })).toBe('fine')

    const [first, second] = sent(away, url)
    expect((second?.receivedAt ?? 0) - (first?.receivedAt ?? 0)).toBeGreaterThanOrEqual(990)
  })

  it('frees a response whose body never ends', async () => {
    const url = plan(home, { status: 503, fault: 'endless-body' }, { body: 'fine' })
    const closed = () => home.totalSockets - home.openSockets
    const before = closed()

    expect(await run('return (await lib.createFetch(fast)(values.url)).text()', { url })).toBe('fine')

    await expect.poll(() => closed() - before).toBeGreaterThanOrEqual(1)
  })

  it("ends a body with the caller's reason, and a silent one with a TimeoutError", async () => {
    const url = plan(home, { body: 'half of it', fault: 'stalled-body' })

    const outcomes = await run(
      `const controller = new AbortController()
      const aborted = await lib.createFetch({ timeoutMs: 1000 })(values.url, { signal: controller.signal })
      setTimeout(() => controller.abort('mine'), 20)
      const silent = await lib.createFetch({ bodyTimeoutMs: 50 })(values.url)
      return [await aborted.text().catch(reason => reason), await silent.text().catch(error => error.name), silent.url, silent.type]`,
      { url },
    )

    expect(outcomes).toEqual(['mine', 'TimeoutError', url, 'basic'])
  })

  it('resumes events by POST, and a download', async () => {
    const events = { 'content-type': 'text/event-stream' }
    const chat = plan(
      home,
      { headers: events, body: 'id: 1\ndata: Zoë \n\nid: 2\ndata: 🙂\n\n', fault: 'reset-in-body', faultAfter: 25 },
      { headers: events, body: 'id: 2\ndata: 🙂\n\n', fault: 'split-body' },
    )
    const etag = '"v1"'
    const film = plan(
      home,
      { headers: { etag }, body: 'unbroken', fault: 'truncated-body', faultAfter: 2 },
      { status: 206, headers: { etag, 'content-range': 'bytes 2-7/8' }, body: 'broken' },
    )

    const outcome = await run(
      `let text = ''
      const options = { ...fast, idempotencyKey: 'auto', reconnectMs: 5 }
      for await (const { data } of lib.fetchEvents(values.chat, { method: 'POST', body: '{}' }, options)) text += data
      return [text, await (await lib.fetchResumable(values.film, {}, fast)).text()]`,
      { chat, film },
    )

    expect(outcome).toEqual(['Zoë 🙂', 'unbroken'])
    expect(sent(home, chat)[1]?.headers['last-event-id']).toBe('1')
    expect(sent(home, film)[1]?.headers.range).toBe('bytes=2-')
  })
})
