import { expect } from 'vitest'
import { describeVisitor } from './describe-visitor.ts'
import type { Visitor } from './visitor.ts'

const NOTHING_WRONG = { underWay: 0, lost: 0, doubled: 0, wrongChat: 0 }

describeVisitor('the conversation', { permissions: ['clipboard-read', 'clipboard-write'] }, it => {
  const clipboard = ({ page }: Visitor) => page.evaluate(() => navigator.clipboard.readText())

  it('draws Markdown, and copies code and replies without numbers', async ({ visitor }) => {
    await visitor.choose('handbook')
    await visitor.send('Tell me about reefing')
    expect(await visitor.settled(1)).toMatchObject(NOTHING_WRONG)
    const prose = visitor.page.locator('.prose')
    for (const part of ['h3', 'ol > li', 'pre code', 'table th', 'blockquote', 'strong'])
      await prose.locator(part).first().waitFor()
    expect(await prose.locator('.break').count()).toBe(0)

    await visitor.button('Copy code').click()
    await expect.poll(() => clipboard(visitor)).toBe(await prose.locator('pre code').textContent())
    await visitor.button('Copy reply').click()
    await expect.poll(() => clipboard(visitor)).toMatch(/^## Reefing\n\nWhat every watch[^⁰¹²³⁴⁵⁶⁷⁸⁹]+$/)
  })

  it('shows HTML that somebody says as text, and links nowhere but to the web', async ({ visitor }) => {
    await visitor.choose('echo')
    const evil =
      '<img src=x onerror="document.title=1"> [click](javascript:alert(1)) [web](https://example.com) <b>bold</b>'
    await visitor.send(evil)
    await visitor.settled(1)

    expect(await visitor.page.locator('.log :is(img, b, script)').count()).toBe(0)
    expect(
      await visitor.page.locator('.log a').evaluateAll(links => links.map(link => link.getAttribute('href'))),
    ).toEqual(['https://example.com'])
    expect(await visitor.firstReply()).toContain('<img src=x')
  })

  it('asks again, with other words, when a message is edited, and counts what made room as nothing lost', async ({
    visitor,
  }) => {
    await visitor.send('Tell me about the heron')
    await visitor.send('And about the gull')
    await visitor.settled(2)
    await visitor.button('Edit').first().click()
    const field = visitor.page.getByRole('textbox', { name: 'Edit message' })
    await field.fill('Tell me about the otter')
    await field.press('Enter')
    await visitor.replies.filter({ hasText: 'otter' }).waitFor()

    expect(await visitor.settled(1)).toMatchObject(NOTHING_WRONG)
    expect(await visitor.questions.allInnerTexts()).toEqual(['Tell me about the otter'])
    const before = await visitor.firstReply()
    await visitor.button('Another reply').click()
    await expect.poll(() => visitor.replies.count()).toBe(1)
    expect(await visitor.settled(1)).toMatchObject(NOTHING_WRONG)
    await expect.poll(() => visitor.firstReply()).not.toBe(before)
  })

  it('keeps a message that was sent right after another reply was asked for', async ({ visitor }) => {
    await visitor.chatAbout('first')
    await visitor.page.evaluate(() => {
      document.querySelector<HTMLElement>('[aria-label="Another reply"]')?.click()
      const field = document.querySelector<HTMLTextAreaElement>('.composer textarea')
      if (field) field.value = 'second'
      document.querySelector<HTMLFormElement>('.composer')?.requestSubmit()
    })
    await visitor.questions.filter({ hasText: 'second' }).waitFor()

    expect(await visitor.settled(2)).toMatchObject({ ...NOTHING_WRONG, sent: 4, stored: 4 })
    expect((await visitor.questions.allInnerTexts()).toSorted()).toEqual(['first', 'second'])
  })

  it('edits a message whose reply is still being written', async ({ demo, visitor }) => {
    await visitor.choose('counter')
    await demo.faults({ paceMs: 30 })
    await visitor.send('count to 300')
    await visitor.replies.first().waitFor()
    await visitor.button('Edit').click()
    await visitor.page.getByRole('textbox', { name: 'Edit message' }).fill('count to 4')
    await visitor.page.keyboard.press('Enter')
    await visitor.replies.filter({ hasText: /^one two three four$/ }).waitFor()

    expect(await visitor.settled(1)).toMatchObject({ ...NOTHING_WRONG, sent: 5, stored: 5 })
  })

  it('forks from a reply: the copy is a chat of its own, and no word counts as astray', async ({ visitor }) => {
    await visitor.choose('counter')
    await visitor.send('count to 3')
    await visitor.send('count to 6')
    await visitor.settled(2)
    await visitor.button('Fork from here').first().click()
    await visitor.page.getByRole('heading', { name: 'count to 3 (fork)', level: 2 }).waitFor()

    await expect.poll(() => visitor.questions.allInnerTexts()).toEqual(['count to 3'])
    await visitor.send('count to 2')
    expect(await visitor.settled(3)).toMatchObject({ ...NOTHING_WRONG, sent: 3 + 3 + 6 + 2 })
  })

  it('leaves a reader alone who has scrolled up, and brings them back when asked', async ({ demo, visitor }) => {
    await visitor.choose('counter')
    await demo.faults({ paceMs: 10 })
    await visitor.send('count to 500')
    const log = visitor.page.locator('.log')
    const scrolled = () => log.evaluate(element => element.scrollTop)
    await expect.poll(scrolled).toBeGreaterThan(150)
    await demo.faults({ paceMs: 150 }) // Not to its end before it is stopped.
    await log.hover()
    await visitor.page.mouse.wheel(0, -60)
    await visitor.button('Latest').waitFor()
    let place: number
    do {
      place = await scrolled()
      await visitor.page.waitForTimeout(100)
    } while ((await scrolled()) !== place)
    const length = (await visitor.firstReply()).length
    await expect.poll(async () => (await visitor.firstReply()).length).toBeGreaterThan(length + 200)
    expect(await scrolled()).toBe(place)

    await visitor.button('Latest').click()
    await expect.poll(scrolled).toBeGreaterThan(place + 60)
    await visitor.button('Stop').click()
    await visitor.settled(1)
  })
})
