import { expect } from 'vitest'
import { describeVisitor } from './describe-visitor.ts'
import type { Visitor } from './visitor.ts'

const DAY = 'rgb(241, 238, 229)'
const NIGHT = 'rgb(12, 19, 23)'

describeVisitor('the theme', { colorScheme: 'dark' }, it => {
  const background = ({ page }: Visitor) =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const choose = async (visitor: Visitor, theme: string) => {
    await visitor.button('Settings').click()
    await visitor.button(theme).click()
    await visitor.page.keyboard.press('Escape')
  }

  it('is as the system until one is chosen, and then stays, over a reload and in all tabs', async ({ visitor }) => {
    expect(await background(visitor)).toBe(NIGHT)
    const other = await visitor.inAnotherTab()
    await choose(visitor, 'Light')
    for (const each of [visitor, other]) await expect.poll(() => background(each)).toBe(DAY)

    await visitor.page.reload()
    await visitor.input.waitFor()
    expect(await background(visitor)).toBe(DAY)
    await choose(visitor, 'System')
    await expect.poll(() => background(visitor)).toBe(NIGHT)
    expect(other.complaints).toEqual([])
  })

  it('is there before anything else is: nothing flashes in the other one', async ({ visitor }) => {
    await choose(visitor, 'Light')
    await visitor.page.route('**/*.js', route =>
      route.request().url().endsWith('/theme.js') ? route.continue() : route.abort(),
    )
    await visitor.page.reload()

    expect(await visitor.page.evaluate(() => document.documentElement.style.colorScheme)).toBe('light')
    await visitor.page.unroute('**/*.js')
    visitor.complaints.length = 0
  })

  it('is chosen by keys, and the focus returns to where the settings were opened', async ({ visitor }) => {
    await visitor.button('Settings').focus()
    await visitor.page.keyboard.press('Enter')
    await visitor.page.locator('#settings:popover-open').waitFor()
    await visitor.page.keyboard.press('Tab')
    await visitor.page.keyboard.press('Enter')
    await expect.poll(() => visitor.button('Light').getAttribute('aria-pressed')).toBe('true')
    await visitor.page.keyboard.press('Escape')

    expect(await visitor.page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Settings')
  })
})
