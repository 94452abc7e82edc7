import { bundle } from 'test-fixtures/bundle'
import { launchChromium } from 'test-fixtures/launch-chromium'
import { serveScript } from 'test-fixtures/serve-script'
import type { SessionFigures } from './session-figures.ts'

const ENTRY = `
import { indexedDBStore } from '@x/session-manager/indexeddb'
import { sessionFigures } from './session-figures.ts'
globalThis.measure = () => sessionFigures(indexedDBStore())
`

/** The figures of IndexedDB in Chromium. */
export async function measureInChromium(): Promise<SessionFigures> {
  await using server = await serveScript(await bundle(ENTRY, import.meta.dirname))
  await using browser = await launchChromium()
  const page = await browser.newPage()
  await page.goto(server.url)
  await page.waitForFunction('globalThis.measure !== undefined')
  return await page.evaluate('measure()')
}
