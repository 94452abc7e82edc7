import { hasChromium } from 'test-fixtures/has-chromium'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import type { Browser } from './browser.ts'
import { openChat } from './chat-page.ts'

/** Tests that share a Chromium, each of which begins without pages; skipped, by name, where there is no Chromium. */
export function describeChat(name: string, tests: (chat: { readonly browser: Browser }) => void): void {
  describe.skipIf(!hasChromium)(name, () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await openChat()
    })
    afterEach(async () => {
      for (const page of browser.context.pages()) await page.close()
    })
    afterAll(async () => browser[Symbol.asyncDispose]())
    tests({
      get browser() {
        return browser
      },
    })
  })
}
