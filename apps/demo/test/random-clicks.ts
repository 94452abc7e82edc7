import { errors, type Locator } from 'playwright-core'
import type { Visitor } from './visitor.ts'

type Random = () => number
/** Does one thing to a page, or finds that it is not to be done now. */
type Click = (tab: Visitor, random: Random) => Promise<unknown>

const MOST_CHATS = 6
const MOST_EXCHANGES = 30
const MOST_BUSY = 4
const PATIENCE_MS = 2000
const BOTS = ['counter', 'echo', 'storyteller']

/** What an impatient visitor does, each so many times among all. */
const CLICKS: readonly [times: number, click: Click][] = [
  [8, send],
  [2, sendTwice],
  [4, (tab, random) => clickOne(tab.chats, random)],
  [1, newChat],
  [1, rename],
  [1, deleteAndUndo],
  [2, (tab, random) => clickOne(tab.page.getByRole('button', { name: 'Stop', exact: true }), random)],
  [1, (tab, random) => clickOne(tab.page.getByRole('button', { name: 'Retry', exact: true }), random)],
  [1, (tab, random) => clickOne(tab.page.getByRole('button', { name: 'Another reply' }), random)],
  [1, (tab, random) => clickOne(tab.page.locator('.forecast'), random)],
]

/** One of them. What another tab has taken away in the meantime is left alone. */
export async function clickSomething(tab: Visitor, random: Random): Promise<void> {
  const bag = CLICKS.flatMap(([times, click]) => Array.from({ length: times }, () => click))
  try {
    await oneOf(bag, random)(tab, random)
  } catch (error) {
    if (!(error instanceof errors.TimeoutError)) throw error
  }
}

function oneOf<T>(things: readonly T[], random: Random): T {
  return things[Math.floor(random() * things.length)] as T
}

async function clickOne(candidates: Locator, random: Random): Promise<void> {
  const count = await candidates.count()
  if (count > 0) await candidates.nth(Math.floor(random() * count)).click({ timeout: PATIENCE_MS })
}

/** Not into a chat that has enough to do, or is long enough. */
async function write(tab: Visitor, random: Random): Promise<boolean> {
  if ((await tab.page.locator('.reply[aria-busy="true"]').count()) >= MOST_BUSY) return false
  if ((await tab.questions.count()) >= MOST_EXCHANGES) {
    await newChat(tab, random)
    return false
  }
  if (random() < 0.2) {
    const bots = tab.page.getByRole('combobox', { name: 'Bot' })
    await bots.selectOption(oneOf(BOTS, random), { timeout: PATIENCE_MS })
  }
  await tab.input.fill(`count to ${1 + Math.floor(random() * 40)}`, { timeout: PATIENCE_MS })
  return true
}

async function send(tab: Visitor, random: Random): Promise<void> {
  if (await write(tab, random)) await tab.input.press('Enter', { timeout: PATIENCE_MS })
}

async function sendTwice(tab: Visitor, random: Random): Promise<void> {
  if (await write(tab, random))
    await tab.page.getByRole('button', { name: 'Send twice at once' }).click({ timeout: PATIENCE_MS })
}

async function newChat(tab: Visitor, random: Random): Promise<void> {
  // For good: a house that only fills up has no level to compare its memory with.
  if ((await tab.chats.count()) >= MOST_CHATS) await chooseForOne('Delete', tab, random)
  await tab.page.getByRole('button', { name: 'New chat', exact: true }).first().click({ timeout: PATIENCE_MS })
}

async function rename(tab: Visitor, random: Random): Promise<void> {
  await chooseForOne('Rename', tab, random)
  const field = tab.page.getByRole('textbox', { name: 'Title of the chat' })
  await field.fill(`Renamed ${Math.floor(random() * 1000)}`, { timeout: PATIENCE_MS })
  await field.press('Enter', { timeout: PATIENCE_MS })
}

async function deleteAndUndo(tab: Visitor, random: Random): Promise<void> {
  await chooseForOne('Delete', tab, random)
  await tab.page.waitForTimeout(random() * 1000)
  if (random() < 0.8) await tab.page.getByRole('button', { name: 'Undo' }).click({ timeout: PATIENCE_MS })
}

/** From the menu of one of the chats. */
async function chooseForOne(entry: string, tab: Visitor, random: Random): Promise<void> {
  await clickOne(tab.page.locator('.chats .more'), random)
  await tab.page.locator('.menu:popover-open').getByText(entry, { exact: true }).click({ timeout: PATIENCE_MS })
}
