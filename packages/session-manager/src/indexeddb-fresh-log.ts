import { ignore } from './ignore.ts'
import { outcome } from './indexeddb-outcome.ts'

/**
 * Lets Chromium begin a new write-ahead log for this origin; elsewhere nothing.
 *
 * A browser that is killed between the two writes of a log record leaves half of it at the log's end. Chromium goes on
 * in that same log, and at the opening after that takes the torn record for corruption: it throws every database of the
 * origin away. Deleting a database makes it compact its LevelDB, which starts a log. Both together take 2 ms.
 */
export async function beginFreshLog(name: string): Promise<void> {
  if (!globalThis.navigator?.userAgent.includes('Chrome/')) return
  // A name of its own, so that no other tab, frozen perhaps, is waited for.
  const scratch = `${name}:fresh-log:${Math.random()}`
  // Neither fails or hangs but where the opening that follows does, and says so.
  await outcome(indexedDB.open(scratch)).then(db => db.close(), ignore)
  await outcome(indexedDB.deleteDatabase(scratch)).catch(ignore)
}
