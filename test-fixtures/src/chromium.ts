import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** What Chromium leaves out. Of several such switches it takes the last one only, so this says too what its driver would. */
const WITHOUT = [
  // Each window's address bar is two web pages of its own, which take three times as long to open as a page under test.
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  // A process in waiting for each page.
  'SpareRendererForSitePerProcess',
  // What asks somebody on the web.
  'AimEnabled',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PreconnectToSearch',
  // What makes other addresses of those that a test asks for.
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  // What a driver can't see through: https://github.com/microsoft/playwright gives the reason of each.
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'PaintHolding',
]

/** Starts without asking anything, in a container too, and calls nobody but the page's own servers. */
export const CHROMIUM_ARGS: string[] = [
  `--disable-features=${WITHOUT.join(',')}`,
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The Chromium that browser tests drive: `CHROMIUM_PATH`, or the first one installed, or none. */
export function findChromium(): string | undefined {
  const given = process.env.CHROMIUM_PATH
  if (given) return given
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap(folder => NAMES.map(name => join(folder, name)))
  return [...onPath, ...MAC].find(path => existsSync(path))
}
