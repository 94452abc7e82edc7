import { describe } from 'vitest'

if (!process.env.CHROMIUM_PATH && process.env.REQUIRE_CHROMIUM)
  throw new Error('REQUIRE_CHROMIUM is set, but CHROMIUM_PATH is not')

/** A `describe` that is skipped, by name, where there is no Chromium. */
export const describeInChromium = describe.skipIf(!process.env.CHROMIUM_PATH)
