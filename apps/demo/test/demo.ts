import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { launchChromium } from 'test-fixtures/launch-chromium'
import { build } from 'vite'
import type { LanguageModel } from '../api/language-model.ts'
import { createApp } from '../server/app.ts'
import { listen } from '../server/listen.ts'
import { staticFiles } from '../server/static-files.ts'
import type { Faults } from '../shared/faults.ts'
import { Visitor } from './visitor.ts'

/** Faults of a test: quick, and nothing goes wrong. */
export const QUICK: Partial<Faults> = {
  seed: 1,
  latencyMs: 5,
  paceMs: 3,
  unavailable: 0,
  rateLimited: 0,
  retryAfterSeconds: 1,
  dropped: 0,
  stalled: 0,
  garbled: 0,
}

/** A name of this machine that browsers do not trust like `localhost`: over plain http they keep much back from it. */
export const PLAIN_HOST = 'squall.test'
export const WITH_PLAIN_HOST: readonly string[] = [`--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`]

/** The real server with the page as built from the sources, and a real browser. */
export class Demo implements AsyncDisposable {
  readonly url: string
  #server: Server
  readonly #browser: Browser
  readonly #folder: string

  private constructor(url: string, server: Server, browser: Browser, folder: string) {
    this.url = url
    this.#server = server
    this.#browser = browser
    this.#folder = folder
  }

  static async start(model?: LanguageModel): Promise<Demo> {
    const folder = await mkdtemp(join(tmpdir(), 'squall-'))
    await build({
      root: fileURLToPath(new URL('..', import.meta.url)),
      logLevel: 'error',
      resolve: { conditions: ['@x/source', 'module', 'browser'] },
      build: { outDir: folder, emptyOutDir: true, minify: false },
    })
    const server = createServer(createApp(staticFiles(folder), model))
    const url = await listen(server, [0])
    const browser = await launchChromium(WITH_PLAIN_HOST)
    return new Demo(url, server, browser, folder)
  }

  /** Sets the weather as it is before anybody opens the page. */
  async faults(change: Partial<Faults>): Promise<void> {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${this.url}/faults`, { method: 'PUT', headers, body: JSON.stringify(change) })
    if (!response.ok) throw new Error(await response.text())
  }

  /** Ends the server and everything that it remembers, and starts another one in its place. */
  async restart(): Promise<void> {
    await this.#stop()
    this.#server = createServer(createApp(staticFiles(this.#folder)))
    await listen(this.#server, [Number(new URL(this.url).port)])
  }

  /** A visitor with a browser profile of their own. */
  async visit(options: BrowserContextOptions = {}, query = '', url = this.url): Promise<Visitor> {
    const context = await this.#browser.newContext({ reducedMotion: 'reduce', ...options })
    return await Visitor.arrive(context, url, `${url}/${query}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close()
    await this.#stop()
    await rm(this.#folder, { recursive: true })
  }

  async #stop(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }
}
