import { afterAll, beforeAll, expect, it } from 'vitest'
import { Demo, QUICK } from './demo.ts'
import { describeInChromium } from './in-chromium.ts'

describeInChromium('the x-ray', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await Demo.start()
  })
  afterAll(() => demo[Symbol.asyncDispose]())

  it('shows the breaker open in an outage, the budget paying, and both well again after', async () => {
    await demo.faults({ ...QUICK, unavailable: 1 })
    await using visitor = await demo.visit()
    const { page } = visitor
    const breaker = page.locator('.breaker')
    const budget = page.getByRole('meter', { name: 'Retry budget' })
    await expect.poll(() => breaker.getAttribute('data-state')).toBe('closed')
    expect(await budget.getAttribute('value')).toBe('500')
    for (let n = 1; n <= 3; n++) await visitor.send('count to 3')
    await page.locator('.breaker[data-state="open"]').waitFor()
    await expect.poll(async () => Number(await budget.getAttribute('value'))).toBeLessThan(500)

    await demo.faults(QUICK)
    await visitor.settled(3)
    await page.locator('.breaker[data-state="closed"]').waitFor()
  })

  it('lists each commit with the version it made, the newest first', async () => {
    await demo.faults(QUICK)
    await using visitor = await demo.visit()
    await visitor.send('count to 3')
    await visitor.settled(1)
    const versions = (await visitor.page.locator('.commit-version').allInnerTexts()).map(text => Number(text.slice(1)))
    expect(versions.length).toBeGreaterThan(2)
    expect(versions).toEqual([...versions].sort((a, b) => b - a))
    // What happens close together is one commit: where much else runs, the message may be in one with its title.
    expect((await visitor.page.locator('.commit-what').allInnerTexts()).join()).toContain('message')
  })

  it('shows which tab leads in a chat, and forgets one that is gone', async () => {
    await demo.faults({ ...QUICK, paceMs: 500 })
    await using left = await demo.visit()
    const right = await left.inAnotherTab()
    const tabs = right.page.locator('.open-tabs li')
    await expect.poll(() => tabs.count()).toBe(2)
    await left.choose('counter')
    await left.send('count to 100')
    await right.page.locator('.open-tabs li', { hasText: 'leads in count to 100' }).waitFor()
    await demo.faults(QUICK)
    await left.settled(1)
    await left.page.close()
    await expect.poll(() => tabs.count()).toBe(1)
  })
})
