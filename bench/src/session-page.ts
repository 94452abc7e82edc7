import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import type { SessionFigures } from './session-figures.ts'

const ENTRY = `
import { indexedDBStore } from '@x/session-manager/indexeddb'
import { sessionFigures } from './session-figures.ts'
globalThis.measure = () => sessionFigures(indexedDBStore())
`

/** The figures of IndexedDB in the Chromium that CHROMIUM_PATH names. */
export async function measureInChromium(executablePath: string): Promise<SessionFigures> {
  const { outputFiles } = await build({
    stdin: { contents: ENTRY, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['@x/source'],
  })
  const server = createServer((request, response) => {
    const isScript = request.url === '/bundle.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? outputFiles[0]?.text : '<!doctype html><script type=module src=/bundle.js></script>')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page.waitForFunction('globalThis.measure !== undefined')
    return await page.evaluate('measure()')
  } finally {
    await browser.close()
    server.close()
  }
}
