import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { CHROMIUM_ARGS, findChromium } from 'test-fixtures/chromium'

export interface Browser {
  readonly name: string
  readonly path: string | undefined
  readonly args: (profile: string) => readonly string[]
}

/** The browsers that need no driver here: a page is opened, and tells the server how its pass went. */
export const BROWSERS: readonly Browser[] = [
  {
    name: 'Firefox',
    path: process.env.FIREFOX_PATH ?? findOnPath('firefox', 'firefox-esr'),
    args: profile => ['--headless', '--no-remote', '--profile', profile],
  },
  {
    name: 'Chromium',
    path: findChromium(),
    args: profile => ['--headless', ...CHROMIUM_ARGS, `--user-data-dir=${profile}`],
  },
]

const PREFERENCES = [
  ['browser.aboutwelcome.enabled', false],
  ['browser.shell.checkDefaultBrowser', false],
  ['datareporting.policy.dataSubmissionEnabled', false],
  ['toolkit.telemetry.reportingpolicy.firstRun', false],
]
const PROGRAM = `
  import { smoke } from '/smoke.mjs'
  import * as mutex from '@x/mutex'
  import * as retry from '@x/retry'
  import * as fetchRetry from '@x/fetch-retry'
  import * as sessionManager from '@x/session-manager'
  import * as indexeddb from '@x/session-manager/indexeddb'
  const kind = globalThis.document ? 'page' : 'worker'
  smoke({ mutex, retry, fetchRetry, sessionManager, indexeddb }, new URL('/flaky/' + kind, location.href).href)
    .then(() => 'ok', error => error.name + ': ' + error.message + error.stack)
    .then(outcome => fetch('/result/' + kind, { method: 'POST', body: outcome }))`
const PAGE = `<!doctype html><title>smoke</title><script type="module" src="/program.mjs"></script>
<script>new Worker('/program.mjs', { type: 'module' })</script>`
const DEADLINE_MS = 60_000

/** Runs the pass of `smoke.mjs` in a page and in a worker, on the packages that are installed in `project`. */
export async function runIn({ name, path, args }: Browser, project: string): Promise<void> {
  const outcomes = new Map<string, string>()
  const hits = new Map<string, number>()
  let settle = () => {}
  const done = new Promise<void>(resolve => {
    settle = resolve
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, kind = '', who = ''] = (request.url ?? '').split('/')
    let body = ''
    for await (const chunk of request) body += chunk
    if (kind === 'result') {
      outcomes.set(who, body)
      if (outcomes.size === 2) settle()
      response.end()
    } else if (kind === 'flaky') {
      const hit = (hits.get(who) ?? 0) + 1
      hits.set(who, hit)
      response.writeHead(hit % 2 ? 503 : 200).end('body')
    } else if (kind === '') response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE)
    else sendScript(response, project, request.url ?? '')
  }

  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const profile = mkdtempSync(join(tmpdir(), 'x-browser-'))
  writeFileSync(
    join(profile, 'user.js'),
    PREFERENCES.map(([key, value]) => `user_pref(${JSON.stringify(key)}, ${value})`).join('\n'),
  )
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const browser = spawn(path ?? '', [...args(profile), url], { stdio: 'ignore' })
  const exited = once(browser, 'exit')
  const timer = setTimeout(settle, DEADLINE_MS)
  try {
    await Promise.race([done, exited])
  } finally {
    clearTimeout(timer)
    browser.kill('SIGKILL')
    await exited
    server.close()
    server.closeAllConnections()
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
  for (const kind of ['page', 'worker']) {
    const outcome = outcomes.get(kind) ?? 'told nothing'
    if (outcome !== 'ok') throw new Error(`${name}, ${kind}: ${outcome}`)
  }
}

/** Browsers know no bare imports, and workers no import maps: the server spells them out. */
function sendScript(response: ServerResponse, project: string, url: string): void {
  const file = join(project, url)
  const source = url === '/program.mjs' ? PROGRAM : existsSync(file) ? readFileSync(file, 'utf8') : undefined
  if (source === undefined) {
    response.writeHead(404).end()
    return
  }
  const spelled = source.replace(
    /(["'])@x\/([\w-]+)(?:\/([\w-]+))?\1/g,
    (_, quote, name, entry = 'index') => `${quote}/node_modules/@x/${name}/dist/${entry}.js${quote}`,
  )
  response.writeHead(200, { 'content-type': 'text/javascript' }).end(spelled)
}

function findOnPath(...names: string[]): string | undefined {
  const paths = (process.env.PATH ?? '').split(delimiter).flatMap(folder => names.map(name => join(folder, name)))
  return paths.find(path => existsSync(path))
}
