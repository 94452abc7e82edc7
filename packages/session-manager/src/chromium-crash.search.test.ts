import { appendFileSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { hasChromium } from 'test-fixtures/has-chromium'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from '../test/browser.ts'
import { openChat, openTab, run } from '../test/chat-page.ts'
import { sleep } from '../test/faulty-store.ts'

const KILLS = process.env.SEARCH ? 30 : 2

describe.skipIf(!hasChromium || process.platform !== 'linux')('a browser that is killed', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await openChat()
  })
  afterAll(async () => browser[Symbol.asyncDispose]())

  it(`has lost nothing acknowledged after ${KILLS} kill -9`, { timeout: 600_000 }, async () => {
    const acknowledged: string[] = []
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
      const missing = acknowledged.filter(text => texts.filter(each => each === text).length !== 1)
      // How many are there tells a lost tail from a lost database.
      expect({ round, stored: texts.length, missing }).toEqual({ round, stored: texts.length, missing: [] })
      expect(stream.status).toBe('interrupted')
      expect(stream.content).toMatch(/^(piece )+$/)
      await again.close()
    }
  })

  it('keeps all after a kill that tore a record of Chromium’s own log', { timeout: 60_000 }, async () => {
    const kept: string[] = []
    const writeAndKill = async (text: string): Promise<void> => {
      const tab = await openTab(browser, 'torn')
      expect(await run(tab, 'return texts()')).toEqual(kept)
      await run(tab, `await session.append(user('${text}'))`)
      kept.push(text)
      killBrowser(browser.profile)
    }
    await writeAndKill('before')
    for (const log of globSync(`${browser.profile}/Default/IndexedDB/*/*.log`)) appendFileSync(log, TORN_RECORD)
    for (const text of ['after', 'and after', 'at last']) {
      await browser.restart()
      await writeAndKill(text)
    }
    await browser.restart()
  })
})

/** A record's header (checksum, length 474, type 1) whose payload was never written. */
const TORN_RECORD = Buffer.from([0x12, 0x34, 0x56, 0x78, 0xda, 0x01, 0x01])

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
