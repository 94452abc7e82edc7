import { readdirSync, readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'

/**
 * The process that renders a page: of all renderers that this process has
 * started, the one that works while the page does. Linux only. Stopping it
 * (SIGSTOP) is what freezing a tab comes to: no timer, message or callback
 * runs, and its locks stay held.
 */
export async function rendererOf(page: Page): Promise<number> {
  for (let tries = 0; tries < 10; tries++) {
    const before = renderers()
    await page.evaluate('{ const end = performance.now() + 500; while (performance.now() < end); }')
    const worked = [...renderers()].map(([pid, ticks]) => [ticks - (before.get(pid) ?? ticks), pid] as const)
    const [first, second] = worked.sort(([a], [b]) => b - a)
    // On a busy machine another one may have worked as much: then it is done again.
    if (first && first[0] > 2 * (second?.[0] ?? 0)) return first[1]
  }
  throw new Error('no renderer has worked more than the others')
}

/** Processor time of each renderer that descends from this process, by its id. */
function renderers(): Map<number, number> {
  const processes = new Map<number, { parent: number; ticks: number; isRenderer: boolean }>()
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      const isRenderer = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer')
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      processes.set(Number(pid), {
        parent: Number(fields[1]),
        ticks: Number(fields[11]) + Number(fields[12]),
        isRenderer,
      })
    } catch {
      // It has ended meanwhile.
    }
  }
  const isOurs = (pid: number | undefined): boolean =>
    pid === process.pid || (pid !== undefined && pid > 1 && isOurs(processes.get(pid)?.parent))
  const ours = [...processes].filter(([pid, { isRenderer }]) => isRenderer && isOurs(pid))
  return new Map(ours.map(([pid, { ticks }]) => [pid, ticks]))
}
