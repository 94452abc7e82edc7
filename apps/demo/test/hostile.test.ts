import { expect } from 'vitest'
import { PLAIN_HOST } from './demo.ts'
import { describeVisitor } from './describe-visitor.ts'
import type { Visitor } from './visitor.ts'

const NOTHING_WRONG = { underWay: 0, lost: 0, doubled: 0, wrongChat: 0 }

describeVisitor('a visitor who means no good', {}, it => {
  const tooWide = ({ page }: Visitor) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)

  it('sends nothing when there is nothing to send', async ({ visitor }) => {
    await visitor.send('')
    await visitor.send(' \n  ')
    expect(await visitor.settled(0)).toMatchObject({ sent: 0 })
  })

  it('keeps a message of 100,000 characters whole, and says that a longer one is too long', async ({ visitor }) => {
    await visitor.choose('echo')
    const long = `${'x'.repeat(99_990)} and more`
    await visitor.send(`${long}${'y'.repeat(20)}`)
    await visitor.page.getByText('19 characters too many').waitFor()
    expect(await visitor.questions.count()).toBe(0)
    await visitor.send(long)
    expect(await visitor.settled(1)).toMatchObject({ ...NOTHING_WRONG, sent: 4, stored: 4 })
    await visitor.page.reload()
    await visitor.questions.first().waitFor()

    expect(await visitor.questions.first().textContent()).toBe(long)
    expect(await tooWide(visitor)).toBe(0)
  })

  it('writes a script that runs from right to left in its own way, and keeps joined emoji whole', async ({
    visitor,
  }) => {
    await visitor.chatAbout('שלום עולם! 👩‍👩‍👧‍👦')
    for (const place of ['.question', '.prose p', '.chat-title', '.conversation-head h2']) {
      const [first, exclamation] = await visitor.page
        .locator(place)
        .first()
        .evaluate(element => {
          const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
          const leftOf = (character: string): number => {
            texts.currentNode = element
            while (texts.nextNode()) {
              const at = texts.currentNode.textContent?.indexOf(character) ?? -1
              const range = document.createRange()
              if (at === -1) continue
              range.setStart(texts.currentNode, at)
              range.setEnd(texts.currentNode, at + 1)
              return range.getBoundingClientRect().left
            }
            return Number.NaN
          }
          return [leftOf('ש'), leftOf('!')]
        })
      expect(exclamation, place).toBeLessThan(first ?? 0)
    }
    expect(await visitor.firstReply()).toContain('👩‍👩‍👧‍👦')
  })

  it('asks for another reply once when the button is clicked twice', async ({ visitor }) => {
    await visitor.chatAbout('once')
    await visitor.button('Another reply').dblclick()

    expect(await visitor.settled(1)).toMatchObject({ ...NOTHING_WRONG, sent: 2, stored: 2 })
    expect(await visitor.questions.allInnerTexts()).toEqual(['once'])
  })

  it('loses nothing when every button is clicked twice', async ({ visitor }) => {
    await visitor.chatAbout('patience')
    for (const name of [
      'Copy message',
      'Fork from here',
      'New chat',
      'Ask for a story',
      'Make it a gale',
      'Archived',
    ]) {
      const button = visitor.button(name).first()
      if (await button.isVisible()) await button.dblclick()
      await visitor.page.waitForTimeout(200)
    }
    for (const chat of await visitor.chats.all()) await chat.dblclick()
    await visitor.button('Calm').dblclick()

    expect(await visitor.settled()).toMatchObject(NOTHING_WRONG)
  })

  it('goes back and forward through the chats that were shown', async ({ visitor }) => {
    await visitor.chatAbout('first', 'second')
    const shows = (text: string) => visitor.questions.filter({ hasText: text }).waitFor()
    await visitor.page.goBack()
    await shows('first')
    await visitor.page.goForward()
    await shows('second')

    await visitor.chooseFor('first', 'Delete')
    await visitor.page.getByText('Deleted “first”').waitFor()
    await visitor.page.goBack()
    await visitor.page.getByText('That chat is not there any more').waitFor()
    expect(await visitor.questions.allInnerTexts()).toEqual(['second'])
  })

  it('shows another chat when the visitor goes back to one in the moment it is deleted', async ({ visitor }) => {
    await visitor.chatAbout('first', 'second')
    await visitor.chooseFor('first', 'Delete')
    await visitor.page.goBack()

    await visitor.page
      .getByText('Deleted “first”')
      .or(visitor.page.getByText('That chat is not there any more'))
      .waitFor()
    await visitor.questions.filter({ hasText: 'second' }).waitFor()
    expect(await visitor.settled(1)).toMatchObject(NOTHING_WRONG)
    expect(visitor.complaints).toEqual([])
  })

  it('goes on with another chat when the one it shows is deleted in another tab, and can bring it back', async ({
    visitor,
  }) => {
    await visitor.chatAbout('precious')
    const other = await visitor.inAnotherTab()
    await visitor.chooseFor('precious', 'Delete')
    await other.page.getByText('The chat was deleted in another tab').waitFor()
    await other.input.waitFor()
    await other.button('Undo').click()
    await other.questions.filter({ hasText: 'precious' }).waitFor()

    expect(await other.settled(1)).toMatchObject({ ...NOTHING_WRONG, sent: 2, stored: 2 })
    expect(other.complaints).toEqual([])
  })

  it('says that a chat is gone when it was deleted in another tab and this one has not heard of it', async ({
    visitor,
  }) => {
    await visitor.chatAbout('precious')
    // Deaf to other tabs, as one that was frozen is until it has caught up.
    const deaf = await visitor.inAnotherTab(() => {
      Object.defineProperty(BroadcastChannel.prototype, 'onmessage', { set: () => {} })
      BroadcastChannel.prototype.addEventListener = () => {}
    })
    await visitor.chooseFor('precious', 'Delete')
    await visitor.page.getByText('Deleted “precious”').waitFor()
    await deaf.choose('counter')
    await deaf.page.getByText('That chat is not there any more').waitFor()

    expect(deaf.complaints).toEqual([])
  })

  it('says why a file cannot be imported, and imports nothing of it', async ({ visitor }) => {
    const files = ['', '{"half a', '\u0000\u0001\u0002', '{"type":"none of ours"}', '[1,2,3]']
    await expect.poll(() => visitor.chats.count()).toBe(1)
    for (const content of files) {
      const buffer = Buffer.from(content)
      await visitor.page.locator('input[type=file]').setInputFiles({ name: 'x.jsonl', mimeType: 'text/plain', buffer })
      await visitor.page.locator('.toast').filter({ hasText: 'Nothing was imported' }).waitFor()
      await visitor.page.reload()
      await visitor.input.waitFor()
    }
    await expect.poll(() => visitor.chats.count()).toBe(1)
  })

  it('cuts titles of 500 characters where there is no more room', async ({ visitor, demo }) => {
    await visitor.chatAbout('W'.repeat(500))
    expect(await tooWide(visitor)).toBe(0)
    await using phone = await demo.visit({ viewport: { width: 390, height: 844 } })
    await phone.send('W'.repeat(500))
    await phone.settled(1)
    expect(await tooWide(phone)).toBe(0)
  })

  it('has everything in reach at twice the size', async ({ demo }) => {
    // 1440 by 900 at 200 %.
    await using visitor = await demo.visit({ viewport: { width: 720, height: 450 } })
    await visitor.send('small window')
    await visitor.settled(1)
    for (const view of ['Chats', 'Scenarios', 'Weather', 'X-ray', 'Chat']) {
      await visitor.page.locator('.tabs').getByRole('button', { name: view, exact: true }).click()
      expect(await tooWide(visitor), view).toBe(0)
    }
    const focused = () => visitor.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
    await visitor.page.keyboard.press('Control+k')
    await expect.poll(focused).toBe('Search chats')
    await visitor.page.keyboard.press('Shift+Escape')
    await expect.poll(focused).toBe('Message')
    expect((await visitor.page.locator('.log').boundingBox())?.height).toBeGreaterThan(120)
    await visitor.input.click()
  })

  it('has the focus somewhere sensible after what it was in is gone', async ({ visitor }) => {
    await visitor.chatAbout('chat 1', 'chat 2')
    const focused = () =>
      visitor.page.evaluate(() => [
        document.activeElement?.getAttribute('aria-label'),
        document.activeElement?.textContent,
      ])
    await visitor.button('Edit').click()
    await visitor.button('Cancel').click()
    await expect.poll(focused).toContain('Message')
    await visitor.page.keyboard.press('Control+/')
    await visitor.page.keyboard.press('Escape')
    await expect.poll(focused).toContain('Message')
    await visitor.chooseFor('chat 1', 'Delete')
    await expect.poll(async () => (await focused())[1]).toContain('chat 2')
  })

  it('comes back from the scenarios with a new chat', async ({ visitor }) => {
    await visitor.page.getByRole('button', { name: 'Scenarios' }).first().click()
    await visitor.page.keyboard.press('Control+Shift+o')
    await visitor.page.locator('.welcome').waitFor()
  })

  it('can try again when the server was not there at the start', async ({ visitor }) => {
    await visitor.page.route('**/v1/models', route => route.abort())
    await visitor.page.reload()
    await visitor.page.getByText('Squall could not start').waitFor()
    await visitor.page.unroute('**/v1/models')
    visitor.complaints.length = 0
    await visitor.button('Try again').click()
    await visitor.input.waitFor()
  })

  it('works on a plain-http origin, without locks and secure randomness', async ({ demo }) => {
    await using visitor = await demo.visit({}, '', demo.url.replace('localhost', PLAIN_HOST))
    expect(await visitor.page.evaluate(() => 'locks' in navigator || 'randomUUID' in crypto)).toBe(false)
    await visitor.choose('counter')
    await visitor.page.evaluate(() => {
      const field = document.querySelector<HTMLTextAreaElement>('.composer textarea')
      if (field) field.value = 'count to 9'
      document.querySelector<HTMLElement>('.composer .twice')?.removeAttribute('disabled')
      document.querySelector<HTMLElement>('.composer .twice')?.click()
    })
    expect(await visitor.settled(2)).toMatchObject({ ...NOTHING_WRONG, sent: 20, stored: 20 })
    expect(visitor.complaints).toEqual([])
  })
})
