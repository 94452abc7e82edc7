import { Mutex } from '@x/mutex'
import { atOnce, type Contender, compare, heapPerItem, quantile, sequential, time } from './compare.ts'
import { locks, OURS, type RunExclusive } from './mutex-peers.ts'
import { fasterThanAll, ratioOf, report } from './report.ts'

const BARE = 'a bare awaited async call'
const section = async () => {}

/** Every target of the design's table for mutex, against every peer, in one run. */
export async function mutex(): Promise<void> {
  await free()
  await queued()
  await long()
  await abortInTheMiddle()
}

async function free(): Promise<void> {
  const peers = Object.entries(locks).map(([name, create]) => {
    const run = create()
    return sequential(name, () => run(section))
  })
  const results = await compare([sequential(BARE, () => section()), ...peers], { times: 10_000, rounds: 40 })
  report('mutex: runExclusive on a free lock', results, [
    { what: '<= 2.2 x the bare call', holds: ratioOf(results, OURS) <= 2.2 },
    { what: '>= 10 x faster than async-mutex', holds: ratioOf(results, 'async-mutex') / ratioOf(results, OURS) >= 10 },
    { what: 'faster than every peer', holds: fasterThanAll(results, OURS, BARE) },
  ])
}

async function queued(): Promise<void> {
  const results = await compare([atOnce(BARE, () => section), ...queues()], { times: 1000, rounds: 200 })
  report('mutex: 1,000 sections queued at once', results, [
    { what: '<= 4.5 x the bare call per section', holds: ratioOf(results, OURS) <= 4.5 },
    { what: 'every peer behind', holds: fasterThanAll(results, OURS, BARE) },
  ])
}

async function long(): Promise<void> {
  const all = queues()
  const results = await compare(all, { times: 100_000, rounds: 5 })
  const fastest = Math.min(...results.filter(({ name }) => name !== OURS).map(({ ratio }) => ratio))
  const growth: number[] = []
  for (let round = 0; round < 15; round++) growth.push((await timeDrain(100_000)) / (await timeDrain(10_000)))
  const memory: [string, number][] = []
  for (const [name, create] of Object.entries(locks))
    memory.push([name, await heapPerItem(100_000, waiters => drainLater(queueBehindHolder(waiters, create())))])
  const bytes = memory.find(([name]) => name === OURS)?.[1] ?? Number.NaN
  const slower = quantile(growth, 0.5)
  report('mutex: 100,000 sections queued at once (baseline: ours)', results, [
    { what: `drained in <= 12 x the time of 10,000: ${slower.toFixed(1)} x`, holds: slower <= 12 },
    { what: `level with the fastest peer or ahead: ${fastest.toFixed(2)} x ours`, holds: fastest >= 0.95 },
    { what: `<= 700 bytes per waiter: ${bytes.toFixed(0)}`, holds: bytes <= 700 },
  ])
  const row = memory.sort((a, b) => a[1] - b[1]).map(([name, bytes]) => `${name} ${bytes.toFixed(0)}`)
  process.stdout.write(`  bytes per waiter: ${row.join(', ')}\n`)
}

/** So many sections behind a held lock; gives what lets them run, and settles when the last has. */
function queueBehindHolder(waiters: number, run: RunExclusive): () => Promise<unknown> {
  let open = () => {}
  const held = run(
    () =>
      new Promise<void>(resolve => {
        open = resolve
      }),
  )
  const sections = Array.from({ length: waiters }, () => run(section))
  return () => {
    open()
    return Promise.all([held, ...sections])
  }
}

/** Lets go once the holder is inside: of some locks, even a free one lets it in later. */
function drainLater(drain: () => Promise<unknown>): () => Promise<unknown> {
  return async () => {
    await new Promise(resolve => setTimeout(resolve, 10))
    return drain()
  }
}

/** Nanoseconds until the last of so many waiters has run. */
async function timeDrain(waiters: number): Promise<number> {
  const lock = new Mutex()
  const drain = queueBehindHolder(waiters, fn => lock.runExclusive(fn))
  globalThis.gc?.()
  return waiters * (await time({ name: 'drain', run: drain }, waiters))
}

async function abortInTheMiddle(): Promise<void> {
  const short: number[] = []
  const longer: number[] = []
  for (let round = 0; round < 7; round++) {
    short.push(await timeAborts(1000))
    longer.push(await timeAborts(100_000))
  }
  const growth = quantile(longer, 0.5) / quantile(short, 0.5)
  const what = `one abort among 100,000 waiters takes ${growth.toFixed(2)} x of one among 1,000`
  report('mutex: abort of a waiter in the middle of the queue', [], [{ what, holds: growth <= 2 }])
}

/** Nanoseconds of one abort, over 500 aborts in the middle of so many waiters. */
async function timeAborts(waiters: number): Promise<number> {
  const lock = new Mutex()
  const guard = await lock.acquire()
  const controllers: AbortController[] = []
  const waits = Array.from({ length: waiters }, (_, i) => {
    if (Math.abs(i - waiters / 2) >= 250) return lock.runExclusive(section)
    const controller = new AbortController()
    controllers.push(controller)
    return lock.runExclusive(section, { signal: controller.signal })
  })
  const settled = Promise.allSettled(waits)
  const ns = await time(
    { name: 'abort', run: () => controllers.forEach(controller => void controller.abort()) },
    controllers.length,
  )
  guard.release()
  await settled
  return ns
}

/** One new lock for each batch, all sections asked for at once. */
function queues(): Contender[] {
  return Object.entries(locks).map(([name, create]) =>
    atOnce(name, () => {
      const run = create()
      return () => run(section)
    }),
  )
}
