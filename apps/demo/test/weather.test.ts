import { afterAll, beforeAll, expect, it } from 'vitest'
import { Demo, QUICK } from './demo.ts'
import { describeInChromium } from './in-chromium.ts'

const CHATS = 5
const MESSAGES_EACH = 10

describeInChromium('bad weather', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await Demo.start()
  })
  afterAll(() => demo[Symbol.asyncDispose]())

  it('loses, doubles and misplaces nothing of 50 messages with 30 % 503s and dropped streams', async () => {
    await demo.faults({ ...QUICK, seed: 7, unavailable: 0.3, dropped: 0.3 })
    await using visitor = await demo.visit()
    let refusals = 0
    visitor.page.on('response', response => {
      if (response.status() === 503) refusals++
    })
    for (let chat = 0; chat < CHATS; chat++) {
      if (chat > 0) await visitor.newChat()
      await visitor.choose(chat % 2 === 0 ? 'counter' : 'storyteller')
      for (let n = 1; n <= MESSAGES_EACH; n++) await visitor.send(`count to ${n + 3} in chat ${chat}`)
    }
    const messages = CHATS * MESSAGES_EACH
    const counts = await visitor.settled(messages, 90_000)

    const said = await visitor.tokensSaid()
    expect(said).toBeGreaterThan(500)
    expect(counts).toEqual({
      sent: messages + said,
      stored: messages + said,
      underWay: 0,
      lost: 0,
      doubled: 0,
      wrongChat: 0,
    })
    expect(refusals).toBeGreaterThan(10)
    expect(await visitor.questions.allInnerTexts()).toEqual(
      Array.from({ length: MESSAGES_EACH }, (_, n) => `count to ${n + 4} in chat ${CHATS - 1}`),
    )
    expect(visitor.complaints).toEqual([])
  })

  it('is made a gale, and calm again, from the welcome of an empty chat, which shows what it is', async () => {
    await demo.faults({ latencyMs: 60, unavailable: 0, rateLimited: 0, dropped: 0, stalled: 0, garbled: 0 })
    await using visitor = await demo.visit()
    const gale = visitor.button('Make it a gale')
    expect(await gale.getAttribute('aria-pressed')).toBe('false')
    await gale.click()
    await expect.poll(() => gale.getAttribute('aria-pressed')).toBe('true')
    await visitor.page.getByText('30 % refused with 503, 10 % told to wait (429), 30 % cut off').waitFor()
    await gale.click()
    await visitor.page.getByText('Nothing fails; 60 ms of latency.').waitFor()
  })

  it('ends a reply that fell silent, and one whose every stream is cut', async () => {
    await demo.faults({ ...QUICK, seed: 3, stalled: 1, paceMs: 1 })
    await using visitor = await demo.visit()
    await visitor.choose('counter')
    await visitor.send('count to 30')
    await visitor.page.locator('.attempt[data-outcome="silent"]').first().waitFor()
    await demo.faults({ stalled: 0, dropped: 1 })
    const counts = await visitor.settled(1)

    expect(counts).toEqual({ sent: 31, stored: 31, underWay: 0, lost: 0, doubled: 0, wrongChat: 0 })
    expect(visitor.complaints).toEqual([])
  })

  it('leaves out nothing when events are torn in the middle', async () => {
    await demo.faults({ ...QUICK, seed: 4, garbled: 1 })
    await using visitor = await demo.visit()
    await visitor.choose('counter')
    await visitor.send('count to 60')
    await visitor.page.locator('.attempt[data-outcome="cut"]').nth(1).waitFor()
    await demo.faults({ garbled: 0 })
    const counts = await visitor.settled(1)

    expect(counts).toEqual({ sent: 61, stored: 61, underWay: 0, lost: 0, doubled: 0, wrongChat: 0 })
    expect(visitor.complaints).toEqual([])
  })

  it('begins a reply anew when the server was started anew in the middle of it', async () => {
    await demo.faults({ ...QUICK, paceMs: 20 })
    await using visitor = await demo.visit()
    await visitor.choose('counter')
    await visitor.send('count to 80')
    await visitor.replies.first().waitFor()
    await demo.restart()
    const counts = await visitor.settled(1)

    expect(counts).toEqual({ sent: 81, stored: 81, underWay: 0, lost: 0, doubled: 0, wrongChat: 0 })
    expect(await visitor.firstReply()).toMatch(/^one.* eighty/)
  })

  it('shows in the strip, and in the text, what somebody takes out of the store', async () => {
    await demo.faults(QUICK)
    await using visitor = await demo.visit()
    await visitor.choose('counter')
    await visitor.send('count to 20')
    await visitor.settled(1)
    await visitor.tamper(/seven\S+ (\S+ )/, '$1$1')
    await visitor.page.reload()
    await visitor.verdict.filter({ hasText: 'Something went wrong' }).waitFor()

    expect(await visitor.counts()).toMatchObject({ stored: 20, lost: 1, doubled: 1 })
    await expect.poll(() => visitor.page.locator('.break').count()).toBe(2)
  })
})
