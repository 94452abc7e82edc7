import axe from 'axe-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Demo, QUICK } from './demo.ts'
import { describeInChromium } from './in-chromium.ts'
import type { Visitor } from './visitor.ts'

const DESKTOP = { viewport: { width: 1440, height: 900 } }
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

/** What axe has to say about the page as it is now, one line a finding. */
async function violations({ page }: Visitor): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run(document))
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target} ${failureSummary}`),
  )
}

describeInChromium('access', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await Demo.start()
  })
  afterAll(() => demo[Symbol.asyncDispose]())

  it.each(['light', 'dark'] as const)(
    'has names and contrast for everything, empty and busy, in %s',
    async colorScheme => {
      await demo.faults(QUICK)
      await using visitor = await demo.visit({ ...DESKTOP, colorScheme })
      expect(await violations(visitor)).toEqual([])

      await visitor.send('Tell me about the lighthouse')
      await visitor.settled(1)
      await demo.faults({ paceMs: 60, rateLimited: 0.5, seed: 2 })
      for (let n = 0; n < 3; n++) await visitor.send('Tell me about the gale')
      await visitor.page.locator('.turn[data-state="waits"]').first().waitFor()
      await visitor.page.locator('summary').click()
      expect(await violations(visitor)).toEqual([])
      expect(visitor.complaints).toEqual([])
    },
  )

  it.each(['light', 'dark'] as const)(
    'has names and contrast for a scenario that is over, in %s',
    async colorScheme => {
      await using visitor = await demo.visit({ ...DESKTOP, colorScheme }, '?scenario=switch&seed=1')
      await visitor.page.locator('.stage:not([data-state="unknown"])').nth(1).waitFor({ timeout: 60_000 })
      expect(await violations(visitor)).toEqual([])
    },
  )

  it('has no violation on a phone, in any of its views', async () => {
    await demo.faults(QUICK)
    await using visitor = await demo.visit({ ...PHONE, colorScheme: 'dark' })
    await visitor.send('Tell me about the lighthouse')
    await visitor.settled(1)
    const tabs = visitor.page.getByRole('navigation', { name: 'Views' })
    for (const view of ['Chats', 'Chat', 'Scenarios', 'Weather', 'X-ray']) {
      await tabs.getByRole('button', { name: view, exact: true }).click()
      expect([view, await violations(visitor)]).toEqual([view, []])
      expect(await visitor.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
    }
  })

  it('works without a mouse: a chat, a message, a stop, a rename', async () => {
    await demo.faults({ ...QUICK, paceMs: 50 })
    await using visitor = await demo.visit(DESKTOP)
    const { keyboard } = visitor.page
    const focused = () =>
      visitor.page.evaluate(
        () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent,
      )
    const tabTo = async (name: string, key = 'Tab') => {
      for (let presses = 0; presses < 40; presses++) {
        if ((await focused())?.trim() === name) return
        await keyboard.press(key)
      }
      throw new Error(`no Tab reaches ${name}`)
    }

    await keyboard.type('hello harbour')
    await keyboard.press('Enter')
    await visitor.page.getByRole('button', { name: 'Stop' }).waitFor()
    await tabTo('Stop', 'Shift+Tab')
    await keyboard.press('Enter')
    await visitor.page.getByText('stopped by you').waitFor()
    await tabTo('More for hello harbour')
    await keyboard.press('Enter')
    await visitor.page.locator('.menu:popover-open').waitFor()
    await expect.poll(focused).toContain('Rename')
    await keyboard.press('Enter')
    await keyboard.type('Keys only')
    await keyboard.press('Enter')
    await visitor.page.getByRole('heading', { name: 'Keys only', level: 2 }).waitFor()
    await expect.poll(focused).toContain('Keys only')
    expect(visitor.complaints).toEqual([])
  })
})
