import { Mutex } from '@x/mutex'

/** `run`, one at a time: however often it is called meanwhile, one more run follows, and sees everything. */
export function runLatest(run: () => Promise<void>): () => Promise<void> {
  const mutex = new Mutex({ name: 'run-latest' })
  return () => (mutex.pending > 0 ? mutex.waitForUnlock() : mutex.runExclusive(run))
}
