import { afterAll, beforeAll, expect, it } from 'vitest'
import { scenarios } from '../src/scenarios/scenarios.ts'
import { Demo } from './demo.ts'
import { describeInChromium } from './in-chromium.ts'

/** Which count of the old way tells of what the scenario is about. */
const FAULTS: Record<string, string> = {
  'double-send': 'lost',
  switch: 'wrongChat',
  'rename-delete': 'undone',
  'two-tabs': 'lost',
  plug: 'lost',
  'bad-line': 'lost',
  storm: 'unanswered',
  outage: 'unanswered',
  'full-disk': 'lost',
  crash: 'lost',
  fork: 'wrongChat',
}

describeInChromium('scenarios', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await Demo.start()
  })
  afterAll(() => demo[Symbol.asyncDispose]())

  it.each(scenarios.map(({ name }) => name))('%s: ours keeps everything, the old way shows its fault', async name => {
    await using visitor = await demo.visit({}, `?scenario=${name}&seed=1`)
    const countsOf = async (way: string): Promise<Record<string, number>> => {
      const stage = visitor.page.locator(`.stage[data-way="${way}"]`)
      await stage.and(visitor.page.locator('[data-state="good"], [data-state="bad"]')).waitFor({ timeout: 60_000 })
      const counts = await stage
        .locator('.stage-counts > div')
        .evaluateAll(divs =>
          divs.map(div => [(div as HTMLElement).dataset.name, Number(div.querySelector('dd')?.textContent)]),
        )
      return Object.fromEntries(counts)
    }
    const ours = await countsOf('ours')
    expect(ours).toMatchObject({ lost: 0, doubled: 0, wrongChat: 0, unanswered: 0, undone: 0, stored: ours.sent })
    expect(ours.sent).toBeGreaterThan(5)
    const old = await countsOf('old')
    expect(old[FAULTS[name] ?? '']).toBeGreaterThan(0)
    expect(visitor.complaints).toEqual([])
  })
})
