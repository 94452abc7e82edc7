import type { Page } from 'playwright-core'
import { hasChromium } from 'test-fixtures/has-chromium'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from '../test/browser.ts'
import { openChat, run } from '../test/chat-page.ts'

describe.skipIf(!hasChromium)('tabs of Chromium without navigator.locks', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await openChat()
  })
  afterAll(async () => browser[Symbol.asyncDispose]())

  async function openPlain(id: string): Promise<Page> {
    const page = await browser.openPage()
    await page.evaluate(`Object.defineProperty(navigator, 'locks', { value: undefined }); begin('${id}')`)
    return page
  }

  it('leave a stream alone that moves, and mark it once it has stood still', async () => {
    const a = await openPlain('plain')
    await run(
      a,
      `globalThis.writer = await session.stream({ role: 'assistant' })
      globalThis.timer = setInterval(() => writer.write('x'), 100)
      await manager.flush()`,
    )
    const b = await openPlain('plain')
    await run(b, 'await sleep(6000)') // longer than a stream may stand still
    expect(await run(b, 'return session.messages[0].status')).toBe('streaming')

    await run(a, 'clearInterval(timer)')

    await expect.poll(() => run(b, 'return session.messages[0].status'), { timeout: 15_000 }).toBe('interrupted')
  }, 40_000)
})
