import { afterAll, beforeAll, expect, it } from 'vitest'
import { Demo, QUICK } from './demo.ts'
import { describeInChromium } from './in-chromium.ts'

const NOTHING_WRONG = { underWay: 0, lost: 0, doubled: 0, wrongChat: 0 }

/** What a page cannot do to itself, done to it through the DevTools protocol. */
describeInChromium('a browser that fails', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await Demo.start()
  })
  afterAll(() => demo[Symbol.asyncDispose]())

  it('has the reply of a tab that crashed completed by another', async () => {
    await demo.faults({ ...QUICK, paceMs: 25 })
    await using left = await demo.visit()
    await left.choose('counter')
    const right = await left.inAnotherTab()
    await left.send('count to 120')
    await left.replies.first().waitFor()
    const devtools = await left.page.context().newCDPSession(left.page)
    void devtools.send('Page.crash').catch(() => {})
    await right.page.bringToFront()

    expect(await right.settled(1)).toMatchObject({ ...NOTHING_WRONG, sent: 121, stored: 121 })
    expect(await right.firstReply()).toMatch(/^one.* one-hundred-twenty/)
  })

  it('keeps what is sent offline, and has it answered when the network is back', async () => {
    await demo.faults(QUICK)
    await using visitor = await demo.visit()
    await visitor.choose('counter')
    await visitor.page.context().setOffline(true)
    await visitor.send('count to 80')
    await visitor.page.getByText('waits to try again').waitFor()
    await visitor.page.context().setOffline(false)

    expect(await visitor.settled(1)).toMatchObject({ ...NOTHING_WRONG, sent: 81, stored: 81 })
  })
})
