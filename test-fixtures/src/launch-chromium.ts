import { type Browser, chromium } from 'playwright-core'
import { CHROMIUM_ARGS, findChromium } from './chromium.ts'

/** A headless Chromium with an empty profile of its own, and these switches as well. */
export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium() ?? 'chromium', args: [...CHROMIUM_ARGS, ...args] })
}
