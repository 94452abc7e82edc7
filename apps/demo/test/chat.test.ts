import { expect } from 'vitest'
import { describeVisitor } from './describe-visitor.ts'

const NOTHING_WRONG = { underWay: 0, lost: 0, doubled: 0, wrongChat: 0 }

describeVisitor('the chat', {}, it => {
  it('streams a reply, and has it after a reload', async ({ demo, visitor }) => {
    await visitor.choose('counter')
    await demo.faults({ paceMs: 200 })
    await visitor.send('count to 50')
    await visitor.replies.first().waitFor()
    const partly = await visitor.firstReply()
    await demo.faults({ paceMs: 3 })
    const counts = await visitor.settled(1)
    const whole = await visitor.firstReply()
    expect(whole.length).toBeGreaterThan(partly.length)
    expect(counts).toMatchObject({ ...NOTHING_WRONG, sent: 1 + (await visitor.tokensSaid()) })

    await visitor.page.reload()
    await visitor.replies.first().waitFor()
    expect(await visitor.questions.allInnerTexts()).toEqual(['count to 50'])
    expect(await visitor.firstReply()).toBe(whole)
    expect(await visitor.settled(1)).toEqual(counts)
  })

  it('keeps two messages that were sent at once, and their replies, in order', async ({ visitor }) => {
    await visitor.choose('echo')
    await visitor.page.evaluate(() => {
      const field = document.querySelector('textarea')
      const form = document.querySelector('form')
      for (const text of ['first', 'second']) {
        if (field) field.value = text
        field?.dispatchEvent(new Event('input', { bubbles: true }))
        form?.requestSubmit()
      }
    })
    await visitor.input.fill('third third')
    await visitor.page.getByRole('button', { name: 'Send twice at once' }).click()
    await visitor.settled(4)

    const lines = (await visitor.page.locator('.log').textContent()) ?? ''
    expect(lines.match(/first|second|third third/g)).toEqual([
      ...['first', 'first', 'second', 'second'],
      ...['third third', 'third third', 'third third', 'third third'],
    ])
    expect(await visitor.counts()).toMatchObject({ ...NOTHING_WRONG, sent: 4 + 1 + 1 + 2 + 2 })
  })

  it('ends a reply in its own chat when the visitor goes to another one in the middle', async ({ demo, visitor }) => {
    await visitor.choose('counter')
    await demo.faults({ paceMs: 15 })
    await visitor.send('count to 60')
    await visitor.replies.first().waitFor()
    await visitor.newChat()
    await visitor.send('count to 5')
    await visitor.settled(2)
    expect(await visitor.replies.allInnerTexts()).toHaveLength(1)
    expect(await visitor.firstReply()).toMatch(/^one .* five/)

    await visitor.chats.filter({ hasText: 'count to 60' }).click()
    await visitor.questions.filter({ hasText: 'count to 60' }).waitFor()
    expect(await visitor.firstReply()).toMatch(/ sixty/)
    expect(await visitor.counts()).toMatchObject({ ...NOTHING_WRONG, sent: 2 + 65 })
  })

  it('completes a reply that a reload cut off', async ({ demo, visitor }) => {
    await visitor.choose('counter')
    await demo.faults({ paceMs: 20 })
    await visitor.send('count to 80')
    await visitor.page.getByText('ten', { exact: false }).first().waitFor()
    await visitor.page.reload()
    const counts = await visitor.settled(1)

    expect(await visitor.replies.allInnerTexts()).toHaveLength(1)
    expect(await visitor.firstReply()).toMatch(/^one .* eighty/)
    expect(counts).toMatchObject({ ...NOTHING_WRONG, sent: 1 + 80, stored: 1 + 80 })
  })

  it('stops a reply where it is, and keeps what was said', async ({ demo, visitor }) => {
    await visitor.choose('counter')
    await demo.faults({ paceMs: 100 })
    await visitor.send('count to 500')
    await visitor.replies.first().waitFor()
    await visitor.page.getByRole('button', { name: 'Stop' }).click()
    await visitor.page.getByText('stopped by you').waitFor()
    const counts = await visitor.settled(1)

    expect(counts).toMatchObject({ ...NOTHING_WRONG, sent: 1 + (await visitor.tokensSaid()) })
    expect(counts.sent).toBeLessThan(500)
  })

  it('stops a reply that the server could not be told to stop, and waits for no more of it', async ({
    demo,
    visitor,
  }) => {
    await visitor.choose('counter')
    await demo.faults({ paceMs: 100 })
    await visitor.page.route('**/stop', route => route.fulfill({ json: { state: 'absent' } }))
    await visitor.send('count to 500')
    await visitor.replies.first().waitFor()
    await visitor.page.getByRole('button', { name: 'Stop' }).click()
    await visitor.page.getByText('stopped by you').waitFor()
    const { sent, stored } = await visitor.settled(1)

    expect(stored).toBe(sent)
    expect(sent).toBeLessThan(1 + (await visitor.tokensSaid()))
    await demo.faults({ paceMs: 1 })
    await visitor.button('Retry').click()
    await visitor.replies.filter({ hasText: 'five-hundred' }).waitFor()
    expect(await visitor.settled(1)).toMatchObject({ ...NOTHING_WRONG, sent: 501, stored: 501 })
  })

  it('offers a retry when it has given up, and says nothing twice then', async ({ demo, visitor }) => {
    await visitor.choose('counter')
    await demo.faults({ unavailable: 1 })
    await visitor.send('count to 9')
    await visitor.page.getByText('waits to try again').waitFor()
    await visitor.page.getByRole('button', { name: 'Stop' }).click()
    const retry = visitor.page.getByRole('button', { name: 'Retry' })
    await retry.waitFor()
    await demo.faults({ unavailable: 0 })
    await retry.click()
    await visitor.replies.first().waitFor()

    expect(await visitor.settled(1)).toMatchObject({ ...NOTHING_WRONG, sent: 10, stored: 10 })
  })

  it('renames a chat, deletes it, and brings it back', async ({ visitor }) => {
    await visitor.chatAbout('precious')
    await visitor.chooseFor('precious', 'Rename')
    await visitor.page.getByRole('textbox', { name: 'Title of the chat' }).fill('Treasure')
    await visitor.page.keyboard.press('Enter')
    await visitor.page.getByRole('heading', { name: 'Treasure', level: 2 }).waitFor()

    await visitor.chooseFor('Treasure', 'Delete')
    await visitor.page.locator('.welcome').waitFor()
    await visitor.page.locator('.toast').hover() // Or it would go after a while.
    expect(await visitor.settled(0)).toMatchObject({ ...NOTHING_WRONG, sent: 0 })

    await visitor.page.getByRole('button', { name: 'Undo' }).click()
    await visitor.questions.filter({ hasText: 'precious' }).waitFor()
    expect(await visitor.settled(1)).toMatchObject({ ...NOTHING_WRONG, sent: 2, stored: 2 })
  })

  it('shows who holds the turn of a chat and who waits', async ({ demo, visitor }) => {
    await visitor.choose('counter')
    await demo.faults({ paceMs: 1000 })
    await visitor.input.fill('count to 50')
    await visitor.page.getByRole('button', { name: 'Send twice at once' }).click()
    const states = visitor.page.locator('.locks .turn-state')

    await visitor.page.locator('.turn[data-state="holds"] ~ .turn[data-state="waits"]').waitFor()
    await expect.poll(() => states.allInnerTexts()).toEqual(['holds', 'waits'])
    await demo.faults({ paceMs: 3 })
    await visitor.settled(2)
    await expect.poll(() => states.allInnerTexts()).toEqual(['done', 'done'])
  })

  it('shows attempts, waits and the hint of a 429 on the time line', async ({ demo, visitor }) => {
    await visitor.choose('counter')
    await demo.faults({ rateLimited: 1 })
    await visitor.send('count to 3')
    await visitor.page.locator('.retries .hint').first().waitFor({ state: 'attached' })
    await demo.faults({ rateLimited: 0 })
    await visitor.settled(1)

    const track = visitor.page.locator('.track').first()
    expect(await track.getAttribute('aria-label')).toMatch(/^Attempts: refused with 429, .*complete\. Waits: [1-9]/)
  })
})
