import { HERD, OVERLOAD, PATIENCE_MS, type Run } from './overload-scenarios.ts'

/** A second counts as good when so many of the requests that began in it were served. */
const GOOD = 0.95

export interface HerdSummary {
  /** Share of the clients that gave up. */
  readonly failed: number
  /** The most calls in 100 ms since the server was back. */
  readonly peak: number
  /** When the last client was served that was served at all. */
  readonly lastMs: number
}

export function summarizeHerd(runs: readonly Run[]): HerdSummary {
  return {
    failed:
      mean(runs.map(({ requests }) => requests.filter(({ servedAt }) => servedAt === undefined).length)) / HERD.clients,
    peak: mean(runs.map(({ callsAt }) => Math.max(0, ...histogram(callsAt, 100).slice(HERD.downMs / 100)))),
    lastMs: mean(runs.map(({ requests }) => Math.max(...requests.map(({ servedAt = 0 }) => servedAt)))),
  }
}

export interface OverloadSummary {
  /** From the end of the overload until every later second is good; Infinity when that never came. */
  readonly recoveryMs: number
  /** Share of all requests. */
  readonly served: number
  readonly callsPerRequest: number
  /** By second. */
  readonly calls: readonly number[]
  /** By the second in which the request began. */
  readonly servedShare: readonly number[]
}

export function summarizeOverload(runs: readonly Run[]): OverloadSummary {
  const seconds = Array.from({ length: OVERLOAD.endMs / 1000 }, (_, second) => second)
  const shares = runs.map(servedShares)
  return {
    recoveryMs: mean(shares.map(recovery)),
    served: mean(runs.map(servedOf)),
    callsPerRequest: mean(runs.map(callsPerRequest)),
    calls: means(runs.map(({ callsAt }) => histogram(callsAt, 1000))).slice(0, seconds.length),
    servedShare: means(shares),
  }
}

export function servedOf({ requests }: Run): number {
  return requests.filter(isServed).length / requests.length
}

function callsPerRequest({ requests, callsAt }: Run): number {
  return callsAt.length / requests.length
}

function servedShares({ requests }: Run): number[] {
  const asked = histogram(
    requests.map(({ startedAt }) => startedAt),
    1000,
  )
  const served = histogram(
    requests.filter(isServed).map(({ startedAt }) => startedAt),
    1000,
  )
  return asked.map((count, second) => (served[second] ?? 0) / count)
}

function recovery(shares: readonly number[]): number {
  const lastBad = shares.findLastIndex(share => share < GOOD)
  const end = OVERLOAD.toMs / 1000
  return lastBad === shares.length - 1 ? Number.POSITIVE_INFINITY : Math.max(0, lastBad + 1 - end) * 1000
}

function isServed({ startedAt, servedAt = Number.POSITIVE_INFINITY }: Run['requests'][number]): boolean {
  return servedAt - startedAt <= PATIENCE_MS
}

function histogram(instants: readonly number[], widthMs: number): number[] {
  const counts: number[] = []
  for (const instant of instants) {
    const place = Math.floor(instant / widthMs)
    while (counts.length <= place) counts.push(0)
    counts[place] = (counts[place] ?? 0) + 1
  }
  return counts
}

function means(rows: readonly (readonly number[])[]): number[] {
  const longest = Math.max(...rows.map(({ length }) => length))
  return Array.from({ length: longest }, (_, column) => mean(rows.map(row => row[column] ?? 0)))
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
