/** `pnpm --filter demo screenshots`: every view and each scenario, played and over, dark and light, desktop and phone, into `screenshots/`. */
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { scenarios } from '../src/scenarios/scenarios.ts'
import { Demo, QUICK } from './demo.ts'
import type { Visitor } from './visitor.ts'

const folder = fileURLToPath(new URL('../screenshots/', import.meta.url))
const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
]

await mkdir(folder, { recursive: true })
await using demo = await Demo.start()
for (const colorScheme of ['light', 'dark'] as const) {
  for (const viewport of sizes) {
    await demo.faults(QUICK)
    await using visitor = await demo.visit({ viewport, colorScheme })
    const shot = async (view: string): Promise<void> => {
      await visitor.page.screenshot({ path: `${folder}${view}-${colorScheme}-${viewport.width}.png` })
    }
    const isPhone = viewport.width < 500
    const tab = async (name: string): Promise<void> => {
      if (isPhone) await visitor.page.locator('.tabs').getByRole('button', { name, exact: true }).click()
    }
    await shot('empty')
    await visitor.page.getByRole('button', { name: 'What the counters mean' }).click()
    await shot('counters')
    await visitor.page.keyboard.press('Escape')
    await tab('Chats')
    await visitor.button('Settings').click()
    await shot('settings')
    await visitor.page.keyboard.press('Escape')
    await tab('Chat')
    await tellStories(visitor)
    await inAGale(visitor)
    await shot('gale')
    for (const view of isPhone ? ['Chats', 'Weather', 'X-ray'] : []) {
      await tab(view)
      await shot(view.toLowerCase())
    }
    if (isPhone) await tab('Scenarios')
    else await visitor.page.locator('.to-scenarios').click()
    await shot('scenarios')
    for (const { name } of scenarios) {
      await using player = await demo.visit({ viewport, colorScheme }, `?scenario=${name}&seed=1`)
      await player.page.locator('.stage').nth(1).waitFor()
      await player.page.waitForTimeout(1200)
      await player.page.screenshot({ path: `${folder}${name}-played-${colorScheme}-${viewport.width}.png` })
      await player.page.locator('.stage:not([data-state="unknown"])').nth(1).waitFor({ timeout: 60_000 })
      await player.page.screenshot({ path: `${folder}${name}-${colorScheme}-${viewport.width}.png`, fullPage: true })
    }
  }
}

async function tellStories(visitor: Visitor): Promise<void> {
  await visitor.send('What did the heron see?')
  await visitor.settled(1)
  await openNewChat(visitor)
  await visitor.send('Tell me about a quiet harbour')
  await visitor.settled(2)
}

async function inAGale(visitor: Visitor): Promise<void> {
  await demo.faults({ seed: 12, paceMs: 45 })
  await visitor.page.getByRole('button', { name: 'Gale', includeHidden: true }).dispatchEvent('click')
  for (const what of ['longest night', 'one-eyed gull', 'morning tide']) await visitor.send(`And the ${what}?`)
  await visitor.page.waitForTimeout(6500)
}

async function openNewChat({ page }: Visitor): Promise<void> {
  const tab = page.locator('.tabs button', { hasText: 'Chats' })
  if (await tab.isVisible()) await tab.click()
  await page.locator('.new-chat').click()
  await page.locator('.welcome').waitFor()
}
