import type { Page } from 'playwright-core'
import { hasChromium } from 'test-fixtures/has-chromium'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type Browser, openBrowser } from '../test/browser.ts'
import type { SessionStore } from './session-store.ts'
import { testSessionStore } from './store-conformance.ts'

// The suite runs in the page, on the real engine; here each of its facts is asked for by name.
const PAGE = `
import { indexedDBStore } from './indexeddb.ts'
import { testSessionStore } from './testing.ts'

const facts = new Map()
let databases = 0
testSessionStore(() => indexedDBStore({ name: 'conformance' + databases++ }), {
  describe: (name, fn) => fn(),
  it: (name, fn) => facts.set(name, fn),
})
globalThis.run = name => facts.get(name)()
`

describe.skipIf(!hasChromium)('indexedDBStore in Chromium', () => {
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    browser = await openBrowser(PAGE)
    page = await browser.openPage()
  })
  afterAll(async () => browser[Symbol.asyncDispose]())

  testSessionStore(() => ({}) as SessionStore, {
    describe,
    it: name => it(name, () => page.evaluate(`run(${JSON.stringify(name)})`)),
  })
})
