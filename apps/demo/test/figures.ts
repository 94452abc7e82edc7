/** `pnpm --filter demo figures`: how long a visitor waits, and for how many bytes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { launchChromium } from 'test-fixtures/launch-chromium'
import { build } from 'vite'

const INPUT = 'textarea[aria-label="Message"]'

const app = fileURLToPath(new URL('..', import.meta.url))
const root = fileURLToPath(new URL('../../..', import.meta.url))
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const browser = await launchChromium()
try {
  say(`pnpm demo, everything to be built:  ${await waitFor(['pnpm', 'demo'], root, { TURBO_FORCE: 'true' })}`)
  say(`pnpm demo, built before:            ${await waitFor(['pnpm', 'demo'], root)}`)
  say(`node server/main.ts:                ${await waitFor(['node', 'server/main.ts'], app)}`)
  say(await pageWeight())
  await using started = await start(['node', 'server/main.ts'], app)
  say(`first input, an empty chat:         ${await firstInput(await openPage(started.url))}`)
  say(`first input, 10,000 messages open:  ${await firstInput(await openLong(started.url))}`)
} finally {
  await browser.close()
}

/** From the command to a page that takes input. */
async function waitFor(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const begin = performance.now()
  await using started = await start(command, cwd, env)
  const listening = performance.now()
  const page = await openPage(started.url)
  const usable = performance.now()
  await page.context().close()
  return `${seconds(usable - begin)} to a usable page, of that ${seconds(listening - begin)} until it says its URL`
}

async function start(
  [program = '', ...args]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<AsyncDisposable & { readonly url: string }> {
  // A group of its own, so that all that it starts ends with it.
  const child = spawn(program, args, {
    cwd,
    detached: true,
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const end = async (): Promise<void> => {
    const closed = once(child, 'close')
    process.kill(-(child.pid ?? 0))
    await closed
  }
  return { url: await urlSaidBy(child), [Symbol.asyncDispose]: end }
}

async function urlSaidBy({ stdout }: ChildProcess): Promise<string> {
  let said = ''
  for await (const piece of stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    said += piece
    const url = /http:\S+/.exec(said)
    if (url) return url[0]
  }
  throw new Error(`no URL in: ${said}`)
}

/** A page that notes when its input was there and drawn. */
async function newPage(): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.addInitScript(async input => {
    while (!document.querySelector(input)) await new Promise(requestAnimationFrame)
    await new Promise(requestAnimationFrame)
    performance.mark('usable')
  }, INPUT)
  return page
}

async function openPage(url: string): Promise<Page> {
  const page = await newPage()
  await page.goto(url)
  await page.locator(INPUT).waitFor()
  return page
}

async function openLong(url: string): Promise<Page> {
  const page = await newPage()
  await page.goto(`${url}/ledger`)
  await page.addScriptTag({ type: 'module', content: await seedScript() })
  await page.waitForFunction(() => document.title === 'seeded')
  await page.goto(`${url}/#long`)
  await page.locator('.question').last().waitFor()
  return page
}

async function seedScript(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@x/source', 'module', 'browser'] },
    build: { write: false, target: 'esnext', lib: { entry: `${app}test/ten-thousand.ts`, formats: ['es'] } },
  })
  const [output] = [built].flat()
  const [chunk] = output && 'output' in output ? output.output : []
  if (chunk?.type !== 'chunk') throw new Error('nothing was built')
  return chunk.code
}

/** From the beginning of the navigation until the input is there, and from a key to the picture that shows it. */
async function firstInput(page: Page): Promise<string> {
  await page.waitForFunction(() => performance.getEntriesByName('usable').length > 0)
  const readyMs = await page.evaluate(() => performance.getEntriesByName('usable')[0]?.startTime ?? Number.NaN)
  await page.locator(INPUT).press('a')
  const keyMs = await page.evaluate(
    () =>
      new Promise<number>(resolve => {
        new PerformanceObserver(list => resolve(list.getEntries()[0]?.duration ?? Number.NaN)).observe({
          type: 'first-input',
          buffered: true,
        })
      }),
  )
  await page.context().close()
  return `${seconds(readyMs)} after the navigation, the first key drawn ${Math.round(keyMs)} ms later`
}

async function pageWeight(): Promise<string> {
  const files = await readdir(`${app}dist`, { recursive: true })
  const weighed = await Promise.all(
    files
      .filter(file => /\.(?:html|js|css)$/.test(file))
      .map(async file => {
        const { length } = gzipSync(await readFile(`${app}dist/${file}`), { level: 9 })
        return { text: `${file.split('.').at(-1)} ${kilobytes(length)}`, length }
      }),
  )
  const total = weighed.reduce((sum, { length }) => sum + length, 0)
  return `the page, gzip:                     ${kilobytes(total)} (${weighed.map(({ text }) => text).join(', ')})`
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}
