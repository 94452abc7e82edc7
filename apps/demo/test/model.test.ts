import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Demo, QUICK } from './demo.ts'
import { describeInChromium } from './in-chromium.ts'

const MESSAGES = 6
const REPLY = `Here is **what I know** of number %n:\n\n${Array.from({ length: 12 }, (_, n) => `- point ${n + 1} of 12, with x² and y²`).join('\n')}\n\n~~~js\nawait land()\n~~~`

describeInChromium('a real model behind LLM_BASE_URL', () => {
  let provider: LLMock
  let demo: Demo
  beforeAll(async () => {
    provider = new LLMock({ port: 0, chunkSize: 12 })
    for (let n = 1; n <= MESSAGES; n++) provider.onMessage(`number ${n}`, { content: REPLY.replace('%n', String(n)) })
    await provider.start()
    demo = await Demo.start({ baseUrl: `${provider.url}/v1`, id: 'gpt-4o-mini', apiKey: 'secret' })
  })
  afterAll(async () => {
    await demo[Symbol.asyncDispose]()
    await provider.stop()
  })

  it('streams each reply whole, once, with faults between page and server, server and model, and in the model', async () => {
    await demo.faults({ ...QUICK, seed: 5, unavailable: 0.25, rateLimited: 0.1, retryAfterSeconds: 0, dropped: 0.35 })
    provider.setChaos({ dropRate: 0.2, disconnectRate: 0.1, rateLimitRate: 0.1 })
    // Its chaos has no seed: one failure, at least, is certain.
    provider.nextRequestError(503, { message: 'overloaded' })
    await using visitor = await demo.visit()
    await visitor.choose('gpt-4o-mini')
    await visitor.page.getByText('is a real model').waitFor()
    for (let n = 1; n <= MESSAGES; n++) await visitor.send(`Tell me about number ${n}`)
    const counts = await visitor.settled(MESSAGES, 100_000)

    expect(counts).toEqual({ sent: 6, stored: 6, underWay: 0, lost: 0, doubled: 0, wrongChat: 0 })
    const replies = visitor.page.locator('.reply')
    for (let n = 1; n <= MESSAGES; n++) {
      const reply = replies.nth(n - 1)
      expect(await reply.locator('strong').textContent()).toBe('what I know')
      expect(await reply.locator('li').count()).toBe(12)
      expect(await reply.locator('p').first().textContent()).toContain(`of number ${n}:`)
      expect(await reply.locator('pre code').textContent()).toBe('await land()')
      expect(await reply.locator('.break, sup').count()).toBe(0)
    }
    expect(provider.getRequests().length).toBeGreaterThan(MESSAGES)
    expect(provider.getLastRequest()?.headers.authorization).not.toBe('')
    expect(visitor.complaints).toEqual([])
  })

  it('says what the model refused, keeps the question, and asks again when told to', async () => {
    await demo.faults(QUICK)
    provider.clearChaos()
    provider.nextRequestError(401, { message: 'no such key' })
    await using visitor = await demo.visit()
    await visitor.choose('gpt-4o-mini')
    await visitor.send('Tell me about number 2')
    await visitor.page.getByText('gave up: the model answered 401').waitFor()
    await visitor.page.getByRole('button', { name: 'Retry' }).click()
    await visitor.page.locator('.reply li').nth(11).waitFor()

    expect(await visitor.settled(1)).toMatchObject({ sent: 1, stored: 1, lost: 0 })
  })
})
