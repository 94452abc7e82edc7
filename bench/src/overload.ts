import { writeFile } from 'node:fs/promises'
import { baselines } from './overload-baselines.ts'
import { ours, patientRetry } from './overload-ours.ts'
import { httpPeers, peers } from './overload-peers.ts'
import { drawOverload, type PictureRow } from './overload-picture.ts'
import type { OverloadPolicy } from './overload-policy.ts'
import { herd, overload as overloadOnce, type Run, randomErrors } from './overload-scenarios.ts'
import { mean, servedOf, summarizeHerd, summarizeOverload } from './overload-summary.ts'
import { type OverloadRow, overloadHeader, overloadLine } from './overload-table.ts'
import { herdTargets, resilientTargets } from './overload-targets.ts'
import { printTargets } from './report.ts'

const SEEDS = [1, 2, 3, 4, 5]
const PROCESSES = [1, 20, 1000]
const ERROR_RATES = [0.01, 0.05, 0.2]
const PICTURE = new URL('../../docs/overload.svg', import.meta.url)

const OURS = '@x/retry resilient'

/** In the picture, each with 20 and with 1,000 processes. */
const SHOWN = ['no retry', '3 retries, full jitter', 'p-retry', 'AWS SDK', 'cockatiel, retry + breaker', OURS]

/** How each policy fares when many clients meet a server in trouble: real code in virtual time, the same every time. */
export async function overload(): Promise<void> {
  process.stdout.write(`\noverload: means of ${SEEDS.length} seeds\n${overloadHeader}\n`)
  const rows: OverloadRow[] = []
  for (const policy of [...baselines, ...peers, ...httpPeers, ...ours]) {
    const ofPolicy = await measure(policy)
    rows.push(...ofPolicy)
    process.stdout.write(`${ofPolicy.map(overloadLine).join('\n')}\n`)
  }
  const patientHerd = summarizeHerd(await forEachSeed(seed => herd(patientRetry, seed)))
  printTargets([...resilientTargets(rows.filter(({ name }) => name === OURS)), ...herdTargets(patientHerd)])
  await writeFile(PICTURE, drawOverload(SHOWN.map(name => pictureRow(rows, name))))
}

async function measure(policy: OverloadPolicy): Promise<OverloadRow[]> {
  const { name } = policy
  const rows: OverloadRow[] = []
  for (const processes of policy.isShared ? PROCESSES : [undefined]) {
    const count = processes ?? 1
    const errors: number[] = []
    for (const rate of ERROR_RATES) {
      errors.push(mean((await forEachSeed(seed => randomErrors(policy, count, rate, seed))).map(servedOf)))
    }
    rows.push({
      name,
      processes,
      herd: rows.length > 0 ? undefined : summarizeHerd(await forEachSeed(seed => herd(policy, seed))),
      overload: summarizeOverload(await forEachSeed(seed => overloadOnce(policy, count, seed))),
      errors,
    })
  }
  return rows
}

async function forEachSeed(run: (seed: number) => Promise<Run>): Promise<Run[]> {
  const runs: Run[] = []
  for (const seed of SEEDS) runs.push(await run(seed))
  return runs
}

function pictureRow(rows: readonly OverloadRow[], name: string): PictureRow {
  const ofPolicy = rows.filter(row => row.name === name)
  const panels = [20, 1000].map(count => {
    const row = ofPolicy.find(({ processes = count }) => processes === count)
    if (!row) throw new Error(`no row named ${name} of ${count} processes`)
    return row.overload
  })
  return { name, panels }
}
