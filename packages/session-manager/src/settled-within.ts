import type { Clock } from './clock.ts'
import { ignore } from './ignore.ts'
import { wait } from './wait.ts'

/** Waits until all have settled, but no longer than `ms`. */
export async function settledWithin(ms: number, promises: readonly Promise<unknown>[], clock: Clock): Promise<void> {
  const settled = new AbortController()
  const all = Promise.allSettled(promises).then(() => settled.abort())
  await Promise.race([all, wait(ms, clock, settled.signal).catch(ignore)])
}
