import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { bundle } from 'test-fixtures/bundle'
import { CHROMIUM_ARGS, findChromium } from 'test-fixtures/chromium'
import { serveScript } from 'test-fixtures/serve-script'

/** A real Chromium with a profile of its own, and a server on loopback whose pages run a bundle. */
export interface Browser extends AsyncDisposable {
  readonly context: BrowserContext
  readonly url: string
  /** The processes and the profile, for what is done to them from outside. */
  readonly profile: string
  openPage(): Promise<Page>
  /** Starts again on the same profile, after the browser was killed or closed. */
  restart(): Promise<void>
}

export interface BrowserOptions {
  /** With the back-forward cache, which the driver turns off. */
  readonly keepsPages?: boolean
}

/** `entry` is the source of the module that each page runs, with imports relative to `src`. */
export async function openBrowser(entry: string, options: BrowserOptions = {}): Promise<Browser> {
  const script = await bundle(`${entry}\nglobalThis.ready = true`, join(import.meta.dirname, '../src'))
  const server = await serveScript(script)
  const profile = mkdtempSync(join(tmpdir(), 'session-manager-'))
  const url = `${server.url}/`
  let context = await launch(profile, options)
  return {
    get context() {
      return context
    },
    url,
    profile,
    async openPage() {
      const page = await context.newPage()
      await page.goto(url)
      await page.waitForFunction('globalThis.ready === true')
      return page
    },
    async restart() {
      await context.close().catch(() => {})
      context = await launch(profile, options)
    },
    async [Symbol.asyncDispose]() {
      await context.close().catch(() => {})
      await server[Symbol.asyncDispose]()
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function launch(profile: string, { keepsPages }: BrowserOptions): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: findChromium() ?? 'chromium',
    headless: true,
    args: CHROMIUM_ARGS,
    ignoreDefaultArgs: keepsPages ? ['--disable-back-forward-cache'] : [],
  })
}
