import axe from 'axe-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Demo, QUICK } from './demo.ts'
import { describeInChromium } from './in-chromium.ts'
import type { Visitor } from './visitor.ts'

const DESKTOP = { viewport: { width: 1440, height: 900 } }
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

/** What axe has to say about the page as it is now, one line a finding: first in light, then of what is another in dark. */
async function violations({ page }: Visitor): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source)
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await page.evaluate(
      rules => (globalThis as unknown as { axe: typeof axe }).axe.run(document, rules),
      colorScheme === 'light' ? {} : { runOnly: ['color-contrast'] },
    )
    for (const { id, nodes } of violations) {
      for (const { target, failureSummary } of nodes) found.push(`${colorScheme}: ${id} ${target} ${failureSummary}`)
    }
  }
  return found
}

describeInChromium('access', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await Demo.start()
  })
  afterAll(() => demo[Symbol.asyncDispose]())

  it('has names and contrast for everything, empty and busy, in light and dark', async () => {
    await demo.faults(QUICK)
    await using visitor = await demo.visit(DESKTOP)
    expect(await violations(visitor)).toEqual([])

    await visitor.send('Tell me about the lighthouse')
    await visitor.settled(1)
    await demo.faults({ paceMs: 60, rateLimited: 0.5, seed: 2 })
    for (let n = 0; n < 3; n++) await visitor.send('Tell me about the gale')
    await visitor.page.locator('.turn[data-state="waits"]').first().waitFor()
    await visitor.page.locator('summary').click()
    expect(await violations(visitor)).toEqual([])
    expect(visitor.complaints).toEqual([])
  })

  it('has names and contrast for a scenario that is over, in light and dark', async () => {
    await using visitor = await demo.visit(DESKTOP, '?scenario=switch&seed=1')
    await visitor.page.locator('.stage:not([data-state="unknown"])').nth(1).waitFor({ timeout: 60_000 })
    expect(await violations(visitor)).toEqual([])
  })

  it.each([DESKTOP, PHONE])(
    'has no violation in any view of the chats and the conversation, in light and dark: $viewport.width px',
    async look => {
      await demo.faults(QUICK)
      await using visitor = await demo.visit(look)
      const { page } = visitor
      const findings: (string | string[])[] = []
      const check = async (view: string) => {
        const found = await violations(visitor)
        if (found.length > 0) findings.push(view, found)
      }
      const tab = async (view: string) => {
        if (look.viewport.width > 500) return
        await page.locator('.tabs button', { hasText: new RegExp(`^${view}$`) }).click()
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
      }
      await check('welcome')
      await visitor.choose('handbook')
      await visitor.send('Tell me about reefing')
      await visitor.settled(1)
      await check('Markdown')
      await page.getByRole('button', { name: 'Edit', exact: true }).click()
      await check('editing')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Control+/')
      await check('shortcuts')
      await page.keyboard.press('Escape')
      await tab('Chats')
      await page.getByRole('button', { name: 'More for Tell me about reefing' }).click()
      await page.locator('.menu:popover-open').waitFor()
      await check('menu')
      await page.locator('.menu:popover-open').getByRole('button', { name: 'Archive', exact: true }).click()
      await page.locator('.toast').waitFor()
      await check('notice')
      await page.getByRole('button', { name: 'Archived', exact: true }).click()
      await page.locator('.list-title').waitFor()
      await check('archive')
      await page.getByRole('searchbox').fill('nothing like it')
      await page.locator('.nothing').waitFor()
      await check('nothing found')
      for (const view of ['Scenarios', 'Weather', 'X-ray']) {
        await tab(view)
        await check(view)
      }

      expect(findings).toEqual([])
      expect(visitor.complaints).toEqual([])
    },
  )

  it('moves nothing for who asked for less motion', async () => {
    await demo.faults({ ...QUICK, paceMs: 200 })
    await using visitor = await demo.visit({ ...DESKTOP, reducedMotion: 'reduce' })
    await using other = await demo.visit({ ...DESKTOP, reducedMotion: 'no-preference' })
    const moving = async ({ page }: Visitor) => {
      await page.locator('.caret').waitFor()
      return await page.evaluate(() => document.getAnimations().length)
    }
    for (const each of [visitor, other]) {
      await each.choose('counter')
      await each.send('count to 500')
    }

    expect(await moving(visitor)).toBe(0)
    expect(await moving(other)).toBeGreaterThan(0)
  })

  it('works without a mouse: a message, a stop, an edit, a rename, a new chat, a search', async () => {
    // No reply ends before it is stopped.
    await demo.faults({ ...QUICK, paceMs: 200 })
    await using visitor = await demo.visit(DESKTOP)
    const { keyboard } = visitor.page
    await visitor.choose('counter')
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

    await visitor.input.focus()
    await keyboard.type('hello 500 harbours')
    await keyboard.press('Enter')
    await visitor.page.getByRole('button', { name: 'Stop' }).waitFor()
    await tabTo('Stop', 'Shift+Tab')
    await keyboard.press('Enter')
    await visitor.page.getByText('stopped by you').waitFor()
    await keyboard.press('Shift+Escape')
    await keyboard.press('ArrowUp')
    await keyboard.type(' and sea')
    await keyboard.press('Enter')
    await visitor.questions.filter({ hasText: 'hello 500 harbours and sea' }).waitFor()
    await visitor.page.locator('.caret').waitFor()
    await keyboard.press('Escape')
    await visitor.page.getByText('stopped by you').waitFor()
    await tabTo('More for hello 500 harbours')
    await keyboard.press('Enter')
    await visitor.page.locator('.menu:popover-open').waitFor()
    await expect.poll(focused).toContain('Rename')
    await keyboard.press('Enter')
    await keyboard.type('Keys only')
    await keyboard.press('Enter')
    await visitor.page.getByRole('heading', { name: 'Keys only', level: 2 }).waitFor()
    await expect.poll(focused).toContain('Keys only')
    await keyboard.press('Control+Shift+o')
    await visitor.page.locator('.welcome').waitFor()
    await keyboard.type('a second chat')
    await keyboard.press('Enter')
    await visitor.page.locator('.caret').waitFor()
    await keyboard.press('Control+k')
    await keyboard.type('Keys')
    await expect.poll(() => visitor.page.locator('.chat-title').allTextContents()).toEqual(['Keys only'])
    await tabTo('Keys only2 messages')
    await keyboard.press('Enter')
    await visitor.page.getByRole('heading', { name: 'Keys only', level: 2 }).waitFor()
    expect(visitor.complaints).toEqual([])
  })
})
