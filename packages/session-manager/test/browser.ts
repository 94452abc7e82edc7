import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The Chromium to drive. Without one, browser tests are skipped by name, unless REQUIRE_CHROMIUM says otherwise. */
const chromiumPath: string | undefined = process.env.CHROMIUM_PATH || undefined
export const skipsBrowser: boolean = chromiumPath === undefined && !process.env.REQUIRE_CHROMIUM

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
  const script = await bundle(entry)
  const server = await serve(script)
  const profile = mkdtempSync(join(tmpdir(), 'session-manager-'))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
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
      server.close()
      server.closeAllConnections()
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function launch(profile: string, { keepsPages }: BrowserOptions): Promise<BrowserContext> {
  if (!chromiumPath) throw new Error('REQUIRE_CHROMIUM is set and CHROMIUM_PATH names none')
  const ignoreDefaultArgs = keepsPages ? ['--disable-back-forward-cache'] : []
  return chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    headless: true,
    args: ARGS,
    ignoreDefaultArgs,
  })
}

async function bundle(entry: string): Promise<string> {
  const result = await build({
    stdin: {
      contents: `${entry}\nglobalThis.ready = true`,
      resolveDir: join(import.meta.dirname, '../src'),
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['@x/source'],
  })
  return result.outputFiles[0]?.text ?? ''
}

function serve(script: string): Promise<Server> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/bundle.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : '<!doctype html><meta charset=utf-8><script type=module src=/bundle.js></script>')
  })
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server)))
}
