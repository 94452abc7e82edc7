import { afterAll, beforeAll, expect, it } from 'vitest'
import { Demo, QUICK } from './demo.ts'
import { describeInChromium } from './in-chromium.ts'

const NOTHING_WRONG = { underWay: 0, lost: 0, doubled: 0, wrongChat: 0 }

describeInChromium('one chat in two tabs', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await Demo.start()
  })
  afterAll(() => demo[Symbol.asyncDispose]())

  it('keeps what both send at once, and answers it one after the other', async () => {
    await demo.faults(QUICK)
    await using left = await demo.visit()
    await left.choose('counter')
    const right = await left.inAnotherTab()
    for (let n = 1; n <= 5; n++) await Promise.all([left.send(`count to ${n}`), right.send(`count to ${n + 10}`)])

    // Either tab may be quiet while a reply of the other has yet to begin.
    await left.settled(10)
    await right.settled(10)
    const counts = await left.settled(10)
    expect(counts).toMatchObject({ ...NOTHING_WRONG, sent: 10 + 15 + 65 })
    await right.settled(10)
    const inLeft = await left.questions.allInnerTexts()
    await expect.poll(() => right.questions.allInnerTexts()).toEqual(inLeft)
    expect([...left.complaints, ...right.complaints]).toEqual([])
  })

  it.each(['before', 'after'])(
    'completes the reply of a tab that was closed in the middle of it, in one opened %s',
    async when => {
      await demo.faults({ ...QUICK, paceMs: 25 })
      await using left = await demo.visit()
      await left.choose('counter')
      const early = when === 'before' && (await left.inAnotherTab())
      await left.send('count to 120')
      await left.replies.first().waitFor()
      const right = early || (await left.inAnotherTab())
      await right.replies.first().waitFor()
      await left.page.close()

      expect(await right.settled(1)).toMatchObject({ ...NOTHING_WRONG, sent: 121, stored: 121 })
      expect(await right.firstReply()).toMatch(/^one.* one-hundred-twenty/)
      expect(right.complaints).toEqual([])
    },
  )

  it('leaves the list of chats as it was when another tab is closed', async () => {
    await demo.faults(QUICK)
    await using left = await demo.visit()
    for (let n = 1; n <= 11; n++) await left.page.keyboard.press('Control+Shift+o')
    await expect.poll(() => left.chats.count()).toBe(12)
    const right = await left.inAnotherTab()
    const tabs = left.page.locator('.open-tabs li')
    await expect.poll(() => tabs.count()).toBe(2)
    await right.page.close()
    await expect.poll(() => tabs.count()).toBe(1)

    await left.settled(0)
    expect(await left.chats.count()).toBe(12)
  })

  it('counts nothing as on the way for ever when a tab was closed before its message was stored', async () => {
    await demo.faults(QUICK)
    await using left = await demo.visit()
    const right = await left.inAnotherTab()
    // As a tab leaves it that is killed between the note and the commit.
    await left.page.evaluate(() => {
      const note = { id: 'm', chat: location.hash.slice(1), text: 'never stored', tab: 'one that was closed' }
      localStorage.setItem('squall.sent.m', JSON.stringify(note))
    })

    expect(await right.settled(0)).toMatchObject({ ...NOTHING_WRONG, sent: 0 })
  })
})
