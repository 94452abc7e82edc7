import type { BrowserContextOptions } from 'playwright-core'
import { it as base, expect, type TestAPI } from 'vitest'
import { Demo, QUICK } from './demo.ts'
import { describeInChromium } from './in-chromium.ts'
import type { Visitor } from './visitor.ts'

export interface Scene {
  /** One for the whole file. */
  readonly demo: Demo
  /** One for each test, in calm weather; in the end the console must have said nothing. */
  readonly visitor: Visitor
}

/** Tests of the page with a visitor, who comes with `options` of the browser. */
export function describeVisitor(
  name: string,
  options: BrowserContextOptions,
  tests: (it: TestAPI<Scene>) => void,
): void {
  const it = base.extend<Scene>({
    demo: [
      // biome-ignore lint/correctness/noEmptyPattern: it has to be a pattern, and it needs nothing
      async ({}, use) => {
        await using demo = await Demo.start()
        await use(demo)
      },
      { scope: 'file' },
    ],
    visitor: async ({ demo }, use) => {
      await demo.faults(QUICK)
      await using visitor = await demo.visit(options)
      await use(visitor)
      expect(visitor.complaints).toEqual([])
    },
  })
  describeInChromium(name, () => tests(it as unknown as TestAPI<Scene>))
}
