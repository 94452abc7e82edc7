import { globSync, readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, skipsBrowser } from '../test/browser.ts'
import { openChat, openTab, run } from '../test/chat-page.ts'
import { sleep } from '../test/faulty-store.ts'

const KILLS = process.env.SEARCH ? 30 : 2

describe.skipIf(skipsBrowser || process.platform !== 'linux')('a browser that is killed', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await openChat()
  })
  afterAll(async () => browser[Symbol.asyncDispose]())

  it(`has lost nothing acknowledged after ${KILLS} kill -9`, { timeout: 600_000 }, async () => {
    let acknowledged: string[] = []
    let discarded = 0
    for (let round = 0; round < KILLS; round++) {
      const tab = await openTab(browser, 'killed')
      const heard: string[] = []
      await tab.exposeFunction('acknowledge', (text: string) => heard.push(text))
      await run(
        tab,
        `;(async () => {
          for (let n = 0; ; n++) {
            const text = '${round}:' + n
            await session.append(user(text))
            acknowledge(text)
          }
        })()
        const writer = await session.stream({ id: 'stream${round}', role: 'assistant' })
        setInterval(() => writer.write('piece '), 5)`,
      )
      await expect.poll(() => heard.length, { timeout: 15_000 }).toBeGreaterThan(10)
      await sleep(300 + Math.random() * 300)
      killBrowser(browser.profile)
      acknowledged.push(...heard)
      await browser.restart()

      const again = await openTab(browser, 'killed')
      const [texts, stream] = await run<[string[], { content: string; status: string }]>(
        again,
        `return [texts(), session.messages.find(message => message.id === 'stream${round}')]`,
      )
      if (texts.length === 0 && hasBegunAnew(browser.profile)) {
        discarded++
        acknowledged = []
        await again.close()
        continue
      }
      const missing = acknowledged.filter(text => texts.filter(each => each === text).length !== 1)
      // How many are there tells a lost tail from a lost database.
      expect({ round, stored: texts.length, missing }).toEqual({ round, stored: texts.length, missing: [] })
      expect(stream.status).toBe('interrupted')
      expect(stream.content).toMatch(/^(piece )+$/)
      await again.close()
    }
    expect(discarded).toBeLessThanOrEqual(Math.ceil(KILLS / 10))
  })
})

/**
 * Whether Chromium itself has thrown the origin's whole LevelDB away: seen after about one `kill -9` in eighty that hit it
 * in mid-write. Its log then says that there was none, and no page could have kept what it held.
 */
function hasBegunAnew(profile: string): boolean {
  return globSync(`${profile}/Default/IndexedDB/*/LOG`).some(file => readFileSync(file, 'utf8').includes('Creating DB'))
}

/** The browser with this profile, and all it has started. */
function killBrowser(profile: string): void {
  const parents = new Map<number, number>()
  const roots: number[] = []
  for (const pid of readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)) {
    try {
      parents.set(pid, Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]))
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      if (command.includes(`--user-data-dir=${profile}`)) roots.push(pid)
    } catch {
      // It has ended meanwhile.
    }
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && (roots.includes(pid) || isBelow(parents.get(pid)))
  for (const pid of parents.keys()) {
    try {
      if (isBelow(pid)) process.kill(pid, 'SIGKILL')
    } catch {
      // It died with its parent.
    }
  }
}
