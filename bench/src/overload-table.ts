import { OVERLOAD } from './overload-scenarios.ts'
import type { HerdSummary, OverloadSummary } from './overload-summary.ts'

export interface OverloadRow {
  readonly name: string
  /** Nothing for a policy whose requests know nothing of one another: their number does not matter. */
  readonly processes: number | undefined
  /** Nothing where the row above has told. */
  readonly herd: HerdSummary | undefined
  readonly overload: OverloadSummary
  /** Share of the requests served, by error rate. */
  readonly errors: readonly number[]
}

const WIDTHS = [28, 11, 11, 7, 10, 12, 10, 15, 11, 11, 11] as const

const GROUPS = [
  ''.padEnd(39),
  'herd of 1,000 clients'.padStart(28),
  'ten seconds of overload'.padStart(37),
  'served of random errors'.padStart(33),
].join('')

const HEADS = ['processes', 'failed', 'peak', 'last', 'back after', 'served', 'calls/request', '1 %', '5 %', '20 %']

const OBSERVED_S = (OVERLOAD.endMs - OVERLOAD.toMs) / 1000

export const overloadHeader: string = `${GROUPS}\n${cells(['', ...HEADS])}`

export function overloadLine({ name, processes, herd, overload, errors }: OverloadRow): string {
  return cells([
    herd ? name : '',
    processes?.toLocaleString('en') ?? 'any',
    ...(herd ? herdCells(herd) : ['', '', '']),
    recovery(overload),
    percent(overload.served),
    overload.callsPerRequest.toFixed(2),
    ...errors.map(share => percent(share, 2)),
  ])
}

/** Never is as far as the simulation goes. */
export function recovery({ recoveryMs }: OverloadSummary): string {
  return recoveryMs === Number.POSITIVE_INFINITY ? `> ${OBSERVED_S} s` : seconds(recoveryMs)
}

function herdCells({ failed, peak, lastMs }: HerdSummary): string[] {
  return failed === 1 ? [percent(1), '-', '-'] : [percent(failed), peak.toFixed(0), seconds(lastMs)]
}

function cells(texts: readonly string[]): string {
  return texts.map((text, i) => (i === 0 ? text.padEnd(WIDTHS[0]) : text.padStart(WIDTHS[i] ?? 0))).join('')
}

export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
