import { setTimeout as pause } from 'node:timers/promises'
import { seededRandom } from '../api/random.ts'
import type { Tally } from '../src/audit/audit.ts'
import { type Demo, QUICK } from './demo.ts'
import { clickSomething } from './random-clicks.ts'
import type { Visitor } from './visitor.ts'

export interface SoakOptions {
  readonly minutes: number
  readonly seed: number
  /** Takes a line for each minute. */
  say?(line: string): void
}

export interface SoakReport {
  readonly clicks: number
  /** The strip of each tab in the end. */
  readonly counts: readonly Tally[]
  /** The JS heap in MB, garbage collected, of the tab that stays open: when all had settled in the middle and in the end. */
  readonly heap: { readonly middle: number; readonly end: number }
  /** What should not have been; empty is good. */
  readonly problems: readonly string[]
}

const TABS = 3
/** For all tabs together. */
const SETTLES_WITHIN_MS = 120_000
const MINUTE_MS = 60_000
const ROOM_TO_GROW = 1.25
/** In fewer minutes the heap is what the chats that are left happen to hold. */
const MINUTES_THAT_TELL = 5

/** Random clicks and faults in three tabs of one profile. The first tab stays open, so that what leaks has time to add up. */
export class Soak {
  readonly #options: SoakOptions
  readonly #tabs: Visitor[] = []
  /** Of tabs that were closed. */
  readonly #complaints: string[] = []
  #clicks = 0

  private constructor(options: SoakOptions) {
    this.#options = options
  }

  static async run(demo: Demo, options: SoakOptions): Promise<SoakReport> {
    await demo.faults({ ...QUICK, seed: options.seed })
    await using first = await demo.visit()
    const soak = new Soak(options)
    soak.#tabs.push(first)
    while (soak.#tabs.length < TABS) soak.#tabs.push(await first.inAnotherTab())
    return await soak.#run(first)
  }

  async #run(first: Visitor): Promise<SoakReport> {
    const half = (this.#options.minutes * MINUTE_MS) / 2
    const heaps: number[] = []
    let counts: Tally[] = []
    for (let part = 0; part < 2; part++) {
      await this.#clickFor(half, part)
      counts = await this.#settle()
      heaps.push(await heapOf(first))
      this.#options.say?.(`settled: ${JSON.stringify(counts[0])}, heap ${heaps.at(-1)?.toFixed(1)} MB`)
    }
    const [middle = 0, end = 0] = heaps
    const complaints = [...this.#complaints, ...this.#tabs.flatMap(tab => tab.complaints)]
    const problems = [...complaints, ...counts.flatMap(wrongIn)]
    if (this.#options.minutes >= MINUTES_THAT_TELL && end > middle * ROOM_TO_GROW) {
      problems.push(`the heap grew from ${middle.toFixed(1)} to ${end.toFixed(1)} MB`)
    }
    return { clicks: this.#clicks, counts, heap: { middle, end }, problems }
  }

  async #clickFor(durationMs: number, part: number): Promise<void> {
    const { minutes, seed, say } = this.#options
    const begin = performance.now()
    const randoms = this.#tabs.map((_, index) => seededRandom(seed * 100 + part * 10 + index))
    const clicking = Promise.all(randoms.map((random, index) => this.#clickIn(index, random, begin + durationMs)))
    const ticker = setInterval(async () => {
      const minute = Math.round((performance.now() - begin + part * durationMs) / MINUTE_MS)
      const counts = await this.#tabs[0]?.counts().catch(String)
      say?.(`minute ${minute} of ${minutes}: ${this.#clicks} clicks, ${JSON.stringify(counts)}`)
    }, MINUTE_MS)
    await clicking.finally(() => clearInterval(ticker))
  }

  async #clickIn(index: number, random: () => number, end: number): Promise<void> {
    while (performance.now() < end) {
      const tab = this.#tabs[index] as Visitor
      this.#clicks++
      const fate = index === 0 ? 1 : random()
      if (fate < 0.02) await tab.page.reload()
      else if (fate < 0.04) await this.#reopen(index, tab)
      else await clickSomething(tab, random)
      await pause(random() * 400)
    }
  }

  async #reopen(index: number, tab: Visitor): Promise<void> {
    // At the chat of the first tab: the own one may be deleted by now.
    this.#tabs[index] = (await this.#tabs[0]?.inAnotherTab()) ?? tab
    await tab.page.close()
    this.#complaints.push(...tab.complaints)
  }

  /** The weather goes calm, and a reload takes up the replies that were given up. */
  async #settle(): Promise<Tally[]> {
    const [first] = this.#tabs
    await first?.page.getByRole('button', { name: 'Calm', exact: true }).click()
    await Promise.all(this.#tabs.slice(1).map(tab => tab.page.reload()))
    // Twice, for one tab may be quiet while a reply of another has yet to begin.
    const end = performance.now() + SETTLES_WITHIN_MS
    for (const tab of this.#tabs) await tab.settled(undefined, Math.max(1, end - performance.now())).catch(() => {})
    return await Promise.all(this.#tabs.map(tab => tab.settled(undefined, 5000).catch(() => tab.counts())))
  }
}

function wrongIn(counts: Tally, tab: number): string[] {
  const wanted = { ...counts, stored: counts.sent, underWay: 0, lost: 0, doubled: 0, wrongChat: 0 }
  const found = JSON.stringify(counts)
  return found === JSON.stringify(wanted) ? [] : [`tab ${tab + 1} counts ${found}`]
}

async function heapOf({ page }: Visitor): Promise<number> {
  const devTools = await page.context().newCDPSession(page)
  await devTools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await devTools.send('Runtime.getHeapUsage')
  await devTools.detach()
  return usedSize / 1e6
}
