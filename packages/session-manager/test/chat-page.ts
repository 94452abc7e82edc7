import type { Page } from 'playwright-core'
import { type Browser, type BrowserOptions, openBrowser } from './browser.ts'

/** What the page offers to tests: a manager on IndexedDB, and time that may run faster. */
const ENTRY = `
import { createSessionManager } from './index.ts'
import { indexedDBStore } from './indexeddb.ts'

globalThis.createSessionManager = createSessionManager
globalThis.indexedDBStore = indexedDBStore
globalThis.sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
globalThis.clock = speed => ({
  now: () => performance.now() * speed,
  setTimeout: (fn, ms) => setTimeout(fn, ms / speed),
  clearTimeout: handle => clearTimeout(handle),
})
globalThis.begin = async (id, { speed = 1, ...options } = {}) => {
  globalThis.store = indexedDBStore({ name: 'chat' })
  globalThis.manager = createSessionManager({ store, clock: clock(speed), ...options })
  globalThis.session = await manager.open(id).catch(error => {
    if (error.code !== 'SESSION_NOT_FOUND') throw error
    return manager.create({ id })
  })
}
globalThis.texts = () => session.messages.map(message => message.content)
// Text that does not compress.
globalThis.noise = length => Array.from({ length }, () => String.fromCharCode(33 + Math.random() * 90)).join('')
globalThis.user = content => ({ role: 'user', content })
`

/** A browser whose pages have \`begin\`, \`session\` and the rest as globals. */
export function openChat(options?: BrowserOptions): Promise<Browser> {
  return openBrowser(ENTRY, options)
}

/** A page that has opened the session, or made it. */
export async function openTab(browser: Browser, id: string, options: object = {}): Promise<Page> {
  const page = await browser.openPage()
  await page.evaluate(`begin(${JSON.stringify(id)}, ${JSON.stringify(options)})`)
  return page
}

/** Evaluates the body of an async function in the page. */
export function run<T>(page: Page, body: string): Promise<T> {
  return page.evaluate(`(async () => { ${body} })()`)
}
