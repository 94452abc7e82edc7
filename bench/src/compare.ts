/**
 * Speeds as ratios that survive a noisy machine: the contenders take turns in
 * short batches, each batch is divided by the baseline's batch of the same
 * round, and the median over the rounds is reported. A machine that slows down
 * slows both halves of a pair.
 */
export interface Contender {
  readonly name: string
  /** Runs the operation `times` times; the time is divided by `times`. */
  readonly run: (times: number) => unknown
}

export interface Result {
  readonly name: string
  /** Median over the rounds of this contender's time by the baseline's. */
  readonly ratio: number
  /** Half the distance between the quartiles, as a share of the median. */
  readonly spread: number
  readonly nsPerOperation: number
}

export interface CompareOptions {
  /** Operations in a batch. */
  readonly times: number
  readonly rounds: number
}

/** Measures the contenders against the first of them, which is the baseline. */
export async function compare(contenders: readonly Contender[], options: CompareOptions): Promise<Result[]> {
  const samples = new Map<string, { ratios: number[]; ns: number[] }>()
  for (const { name } of contenders) samples.set(name, { ratios: [], ns: [] })
  for (const { run } of contenders) for (let i = 0; i < 3; i++) await run(options.times)

  for (let round = 0; round < options.rounds; round++) {
    const measured = new Map<Contender, number>()
    // Every contender gets every place in the row, so none profits from its neighbour's garbage.
    for (let i = 0; i < contenders.length; i++) {
      const contender = at(contenders, (i + round) % contenders.length)
      measured.set(contender, await time(contender, options.times))
    }
    const baseline = measured.get(at(contenders, 0)) ?? Number.NaN
    for (const [{ name }, ns] of measured) {
      samples.get(name)?.ratios.push(ns / baseline)
      samples.get(name)?.ns.push(ns)
    }
  }
  return [...samples].map(([name, { ratios, ns }]) => ({
    name,
    ratio: quantile(ratios, 0.5),
    spread: (quantile(ratios, 0.75) - quantile(ratios, 0.25)) / 2 / quantile(ratios, 0.5),
    nsPerOperation: quantile(ns, 0.5),
  }))
}

/** Nanoseconds of one operation, over one batch. */
export async function time({ run }: Contender, times: number): Promise<number> {
  const start = process.hrtime.bigint()
  await run(times)
  return Number(process.hrtime.bigint() - start) / times
}

/** Heap bytes that `hold` keeps per item while its promise is pending. */
export async function heapPerItem(items: number, hold: (items: number) => () => unknown): Promise<number> {
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const release = hold(items)
  globalThis.gc?.()
  const bytes = (process.memoryUsage().heapUsed - before) / items
  await release()
  return bytes
}

/**
 * A contender that makes one call after the other. Each gets code of its own: a
 * loop that all of them shared would be compiled for none.
 */
export function sequential(name: string, call: () => unknown): Contender {
  const loop = new Function('call', 'return async times => { for (let i = 0; i < times; i++) await call() }')
  return { name, run: loop(call) }
}

/** A contender that makes all calls at once, on what `prepare` makes for each batch. */
export function atOnce(name: string, prepare: () => () => unknown): Contender {
  const loop = new Function(
    'prepare',
    'return times => { const call = prepare(); return Promise.all(Array.from({ length: times }, () => call())) }',
  )
  return { name, run: loop(prepare) }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return at(sorted, Math.min(sorted.length - 1, Math.floor(sorted.length * q)))
}

function at<T>(values: readonly T[], index: number): T {
  const value = values[index]
  if (value === undefined) throw new RangeError(`no item ${index} of ${values.length}`)
  return value
}
