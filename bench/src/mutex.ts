import { Mutex } from '@x/mutex'
import { atOnce, type Contender, compare, heapPerItem, sequential, time } from './compare.ts'
import { locks, OURS, ours, type RunExclusive, slowLocks } from './mutex-peers.ts'
import { printMutexSizes } from './mutex-sizes.ts'
import { plainQueue } from './plain-queue.ts'
import { fasterThanAll, ratioOf, report } from './report.ts'

const BARE = 'a bare awaited async call'
const section = async () => {}

/** Every target of the design's table for mutex, against every peer, in one run. */
export async function mutex(): Promise<void> {
  await free()
  await queued()
  await long()
  await growth()
  await abortInTheMiddle()
  await slowPeers()
  await printMutexSizes()
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
  const memory: [string, number][] = []
  for (const [name, create] of Object.entries(locks))
    memory.push([name, await heapPerItem(100_000, waiters => drainLater(queueBehindHolder(waiters, create())))])
  const bytes = memory.find(([name]) => name === OURS)?.[1] ?? Number.NaN
  report('mutex: 100,000 sections queued at once (baseline: ours)', results, [
    { what: `level with the fastest peer or ahead: ${fastest.toFixed(2)} x ours`, holds: fastest >= 0.95 },
    { what: `<= 700 bytes per waiter: ${bytes.toFixed(0)}`, holds: bytes <= 700 },
  ])
  const row = memory.sort((a, b) => a[1] - b[1]).map(([name, bytes]) => `${name} ${bytes.toFixed(0)}`)
  process.stdout.write(`  bytes per waiter: ${row.join(', ')}\n`)
}

/** So many sections behind a held lock, and what lets them run. */
function queueBehindHolder(waiters: number, run: RunExclusive) {
  let open = () => {}
  const held = run(
    () =>
      new Promise<void>(resolve => {
        open = resolve
      }),
  )
  // Some locks let even the first in later.
  return { open: () => open(), sections: [held, ...Array.from({ length: waiters }, () => run(section))] }
}

/** Lets go once the holder is inside: of some locks, even a free one lets it in later. */
function drainLater({ sections, open }: ReturnType<typeof queueBehindHolder>): () => Promise<unknown> {
  return async () => {
    await new Promise(resolve => setTimeout(resolve, 10))
    open()
    return Promise.all(sections)
  }
}

async function growth(): Promise<void> {
  const growth = await growthOf(ours)
  const floor = await growthOf(plainQueue)
  const what = `<= 12 x the time of 10,000: ${growth.toFixed(1)} x; a bare list of promises: ${floor.toFixed(1)} x`
  report('mutex: 100,000 waiters drained', [], [{ what, holds: growth <= 12 }])
}

/** The time to drain 100,000 waiters by that of 10,000: the best of each, since a busy machine only ever adds. */
async function growthOf(create: () => RunExclusive): Promise<number> {
  let [short, longer] = [Infinity, Infinity]
  for (let round = 0; round < 15; round++) {
    longer = Math.min(longer, await timeDrain(100_000, create()))
    short = Math.min(short, await timeDrain(10_000, create()))
  }
  return longer / short
}

/** Nanoseconds until the last of so many waiters has run. What looks at them all is made before, as it is no part of the lock. */
async function timeDrain(waiters: number, run: RunExclusive): Promise<number> {
  const { open, sections } = queueBehindHolder(waiters, run)
  const drained = Promise.all(sections)
  globalThis.gc?.()
  const drain = () => {
    open()
    return drained
  }
  return waiters * (await time({ name: 'drain', run: drain }, waiters))
}

async function abortInTheMiddle(): Promise<void> {
  let [short, longer] = [Infinity, Infinity]
  for (let round = 0; round < 9; round++) {
    short = Math.min(short, await timeAborts(1000))
    longer = Math.min(longer, await timeAborts(100_000))
  }
  const growth = longer / short
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

async function slowPeers(): Promise<void> {
  const all = { [OURS]: ours, ...slowLocks }
  const free = Object.entries(all).map(([name, create]) => {
    const run = create()
    return sequential(name, () => run(section))
  })
  report(
    'mutex: on a free lock, peers that do more (baseline: ours)',
    await compare(free, { times: 500, rounds: 10 }),
    [],
  )
  const results = await compare(queues(all), { times: 500, rounds: 5 })
  report('mutex: 500 sections queued at once, peers that do more (baseline: ours)', results, [])
}

/** One new lock for each batch, all sections asked for at once. */
function queues(of = locks): Contender[] {
  return Object.entries(of).map(([name, create]) =>
    atOnce(name, () => {
      const run = create()
      return () => run(section)
    }),
  )
}
