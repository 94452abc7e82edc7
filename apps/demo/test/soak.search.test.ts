import { expect, it } from 'vitest'
import { Demo } from './demo.ts'
import { describeInChromium } from './in-chromium.ts'
import { Soak } from './soak-run.ts'

describeInChromium('a soak', () => {
  it.runIf(process.env.SEARCH)(
    'of one minute in three tabs ends with nothing lost, doubled, astray or complained about',
    async () => {
      await using demo = await Demo.start()
      const { counts, problems } = await Soak.run(demo, { minutes: 1, seed: Number(process.env.SEED ?? 1) })
      expect(problems).toEqual([])
      expect(counts[0]?.sent).toBeGreaterThan(50)
    },
    400_000,
  )
})
