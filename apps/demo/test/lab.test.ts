import { expect } from 'vitest'
import { describeVisitor } from './describe-visitor.ts'

describeVisitor('a scenario that is played', { viewport: { width: 1440, height: 900 } }, it => {
  it('shows its own weather and its own inside, and those of the chats on request', async ({ visitor }) => {
    const { page } = visitor
    await visitor.chatAbout('mine')
    await page.getByRole('button', { name: 'Scenarios' }).first().click()
    await visitor.button('Play both: An outage until the breaker opens').click()
    const faults = page.locator('.faults')
    await faults.filter({ hasText: '100 % refused with 503' }).waitFor()
    await page.locator('.breaker[data-state="open"]').waitFor()
    const locks = page.locator('.locks h4')
    // A chat is called by its id until the auditor has read its title.
    await expect.poll(async () => (await locks.allInnerTexts()).join()).toMatch(/^(chat \d,?)+$/)
    await expect.poll(() => page.locator('.open-tabs li').count()).toBe(1)

    await visitor.button('Your chats').click()
    await faults.filter({ hasText: 'Nothing fails' }).waitFor()
    await expect.poll(() => locks.allInnerTexts()).toEqual(['mine'])
    await page.locator('.breaker[data-state="closed"]').waitFor()
    await visitor.button('The scenario').click()
    await page.locator('.stage[data-state="good"]').waitFor()
    // Going back to a chat is enough, too.
    await visitor.chats.first().click()
    await faults.filter({ hasText: 'Nothing fails' }).waitFor()
  })

  it('is in sight also when it was chosen from the end of the list, and says why it ended as it did', async ({
    visitor,
  }) => {
    const { page } = visitor
    await page.getByRole('button', { name: 'Scenarios' }).first().click()
    await visitor.button('Play both: Fork').click()
    await page.locator('.stage').first().waitFor()
    await expect.poll(() => page.locator('.lab-body').evaluate(body => body.scrollTop)).toBe(0)
    await page.locator('.stage[data-way="ours"] .stage-why').waitFor()

    expect(await page.locator('.stage[data-way="old"] .stage-why').textContent()).toContain(
      'whichever chat is in front',
    )
  })
})
