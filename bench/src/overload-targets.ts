import type { HerdSummary } from './overload-summary.ts'
import { type OverloadRow, percent, recovery, seconds } from './overload-table.ts'
import type { Target } from './report.ts'

/** What the design asks of `resilient`, for each number of processes. */
export function resilientTargets(rows: readonly OverloadRow[]): Target[] {
  return rows.flatMap(({ processes = 0, overload, errors: [, some = 0, many = 0] }) => {
    const { recoveryMs, callsPerRequest } = overload
    const limitMs = processes > 20 ? 30_000 : 10_000
    const of = `resilient, ${processes.toLocaleString('en')} ${processes === 1 ? 'process' : 'processes'}:`
    return [
      { what: `${of} back after <= ${limitMs / 1000} s: ${recovery(overload)}`, holds: recoveryMs <= limitMs },
      { what: `${of} <= 1.05 calls/request: ${callsPerRequest.toFixed(2)}`, holds: callsPerRequest <= 1.05 },
      { what: `${of} >= 99.9 % served at 5 % errors: ${percent(some, 2)}`, holds: some >= 0.999 },
      { what: `${of} >= 96 % served at 20 % errors: ${percent(many, 2)}`, holds: many >= 0.96 },
    ]
  })
}

/** What the design asks of ten retries from 100 ms. */
export function herdTargets({ failed, peak, lastMs }: HerdSummary): Target[] {
  const of = 'herd, retry with 10 retries from 100 ms:'
  return [
    { what: `${of} <= 0.1 % failed: ${percent(failed, 2)}`, holds: failed <= 0.001 },
    {
      what: `${of} peak <= 40 per 100 ms: ${peak.toFixed(0)}, last served after ${seconds(lastMs)}`,
      holds: peak <= 40,
    },
  ]
}
