import { hasChromium } from 'test-fixtures/has-chromium'
import { describe } from 'vitest'

/** A `describe` that is skipped, by name, where there is no Chromium. */
export const describeInChromium = describe.skipIf(!hasChromium)
