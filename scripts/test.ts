/**
 * `pnpm test`, `pnpm test:search` and `pnpm check`: finds Chromium, then lets
 * turbo run what has changed. The browser's path is part of turbo's cache key,
 * so tests that were skipped for want of a browser run once there is one.
 */
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { findChromium } from 'test-fixtures/chromium'

const TASKS = {
  test: ['build', 'typecheck', 'test'],
  '--search': ['test:search'],
  '--check': ['//#lint', '//#knip', '//#house', '//#typecheck', 'build', 'typecheck', 'test', 'size', 'pack:check'],
}

const [mode = 'test', ...rest] = process.argv.slice(2)
const tasks = TASKS[mode as keyof typeof TASKS]
if (!tasks) throw new Error(`expected one of ${Object.keys(TASKS).join(', ')}, got ${mode}`)

const chromium = findChromium()
if (!chromium)
  process.stdout.write('No Chromium found: the browser tests are skipped, by name. CHROMIUM_PATH=<file> names one.\n')
// vitest has workers of its own: more tasks at once than cores would only starve the tests that wait for a clock.
const concurrency = `--concurrency=${Math.max(2, availableParallelism())}`
const result = spawnSync('turbo', ['run', ...tasks, '--output-logs=full', concurrency, ...rest], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: { ...process.env, CHROMIUM_PATH: chromium ?? '', ...(mode === '--search' ? { SEARCH: '1' } : {}) },
})
process.exit(result.status ?? 1)
