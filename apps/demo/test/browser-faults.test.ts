import { afterAll, beforeAll, expect, it } from 'vitest'
import { seededRandom } from '../api/random.ts'
import { Demo, QUICK } from './demo.ts'
import { describeInChromium } from './in-chromium.ts'
import type { Visitor } from './visitor.ts'

const NOTHING_WRONG = { underWay: 0, lost: 0, doubled: 0, wrongChat: 0 }

/** What a page cannot do to itself, done to it through the DevTools protocol. */
describeInChromium('a browser that fails', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await Demo.start()
  })
  afterAll(() => demo[Symbol.asyncDispose]())

  it('has the reply of a tab that crashed completed by another', async () => {
    await demo.faults({ ...QUICK, paceMs: 25 })
    await using left = await demo.visit()
    await left.choose('counter')
    const right = await left.inAnotherTab()
    await left.send('count to 120')
    await left.replies.first().waitFor()
    await crash(left)
    await right.page.bringToFront()

    expect(await right.settled(1)).toMatchObject({ ...NOTHING_WRONG, sent: 121, stored: 121 })
    expect(await right.firstReply()).toMatch(/^one.* one-hundred-twenty/)
  })

  it('has a message answered whose tab crashed before anything of the reply had come', async () => {
    await demo.faults({ ...QUICK, latencyMs: 10_000 })
    await using left = await demo.visit()
    await left.choose('counter')
    const right = await left.inAnotherTab()
    await left.send('count to 12')
    await right.questions.waitFor()
    await crash(left)
    await right.page.bringToFront()
    await demo.faults(QUICK)

    await expect.poll(() => right.firstReply()).toMatch(/^one.* twelve/)
    expect(await right.settled(1)).toMatchObject({ ...NOTHING_WRONG, sent: 13, stored: 13 })
  })

  it('keeps what is sent while the disk is full, says that it is not saved, and saves it when there is room', async () => {
    await demo.faults(QUICK)
    await using visitor = await demo.visit()
    const { page } = visitor
    await visitor.choose('echo')
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: demo.url, quotaSize: 1_000_000 })
    // Chromium remembers for a while how much room an open database has.
    await page.reload()
    await visitor.input.waitFor()
    const notSaved = page.getByText('not saved: kept here and tried again')
    let sent = 0
    while (sent < 40 && !(await notSaved.isVisible())) {
      sent++
      await visitor.send(`${sent} ${noise(sent, 90_000)}`)
      await page.waitForTimeout(200)
    }
    await notSaved.waitFor()
    await page.locator('.exchange').last().getByText('not saved yet').waitFor()
    await page.locator('.commit[data-outcome="failed"]').first().waitFor()
    await expect.poll(async () => (await visitor.counts()).underWay).toBeGreaterThan(0)
    expect(await visitor.counts()).toMatchObject({ lost: 0, doubled: 0, wrongChat: 0 })
    expect(await visitor.questions.count()).toBe(sent)

    await devtools.send('Storage.overrideQuotaForOrigin', { origin: demo.url })
    expect(await visitor.settled(sent)).toMatchObject(NOTHING_WRONG)
    expect(await page.getByText('not saved').count()).toBe(0)
    await page.reload()
    await expect.poll(() => visitor.questions.count()).toBe(sent)
  })

  it('keeps what is sent offline, and has it answered when the network is back', async () => {
    await demo.faults(QUICK)
    await using visitor = await demo.visit()
    await visitor.choose('counter')
    await visitor.page.context().setOffline(true)
    await visitor.send('count to 80')
    await visitor.page.getByText('waits to try again').waitFor()
    await visitor.page.context().setOffline(false)

    expect(await visitor.settled(1)).toMatchObject({ ...NOTHING_WRONG, sent: 81, stored: 81 })
  })
})

/** The tab's process ends in the middle of whatever it does, and answers nobody any more. */
async function crash({ page }: Visitor): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  void devtools.send('Page.crash').catch(() => {})
}

/** Letters that no store can make smaller. */
function noise(seed: number, length: number): string {
  const random = seededRandom(seed)
  return Array.from({ length }, () => Math.floor(random() * 36).toString(36)).join('')
}
