import { LockManager, type LockManagerLike } from '@x/mutex'
import type { Clock } from './clock.ts'
import { ignore } from './ignore.ts'
import type { SessionStore } from './session-store.ts'
import { uniqueId } from './unique-id.ts'

/** A lock manager and how far it reaches. */
export interface LockScope {
  readonly locks: LockManagerLike
  /** Equal for managers whose locks exclude each other. */
  readonly id: string
  /** Whether everybody who can write to the store takes these locks. */
  readonly covers: boolean
  /** Tabs share the store and not these locks, as on plain http: a free lock tells nothing of a writer. */
  readonly missesTabs: boolean
  readonly prefix: string
}

const ours = new WeakMap<SessionStore, LockManagerLike>()
const ids = new WeakMap<LockManagerLike, string>()

/** `navigator.locks` in browsers; elsewhere locks of this process, one set per store. */
export function lockScope(store: SessionStore, given: LockManagerLike | undefined): LockScope {
  const { name = '', local = false } = store
  const web = browserLocks()
  const locks = given ?? web ?? ours.get(store) ?? new LockManager()
  if (!given && !web) ours.set(store, locks)
  const id = local && locks === web ? 'web' : (ids.get(locks) ?? uniqueId())
  ids.set(locks, id)
  const covers = local || given !== undefined
  const missesTabs = !covers && 'location' in globalThis
  return { locks, id, covers, missesTabs, prefix: `@x/session-manager:${name}:` }
}

/** Node has a `navigator.locks` too, with faults of its own, and no tabs to share it with. */
function browserLocks(): LockManagerLike | undefined {
  const { process, navigator }: { process?: { versions?: { node?: string } }; navigator?: { locks?: unknown } } =
    globalThis
  return process?.versions?.node === undefined ? (navigator?.locks as LockManagerLike | undefined) : undefined
}

/** From this many conflicts in a row, a writer takes the write lock for itself. */
export const PATIENCE = 3

/** How long a write waits for others to finish theirs; versions decide anyway, so a frozen holder stops nobody. */
const WRITE_LOCK_WAIT_MS = 2000

/** Runs `fn` under the write lock of a session, or, when that is not to be had, without. */
export async function withWriteLock<T>(
  { locks, prefix }: LockScope,
  sessionId: string,
  mode: 'exclusive' | 'shared',
  clock: Clock,
  fn: () => Promise<T>,
): Promise<T> {
  const name = `${prefix}write:${sessionId}`
  const wait = new AbortController()
  const timer = clock.setTimeout(() => wait.abort(), WRITE_LOCK_WAIT_MS)
  let running: Promise<T> | undefined
  const run = (): Promise<T> => {
    clock.clearTimeout(timer)
    running = fn()
    return running
  }
  try {
    return await locks.request(name, { mode, signal: wait.signal }, run)
  } catch {
    if (!running && wait.signal.aborted) await locks.request(name, { steal: true }, run).catch(ignore)
    // Once it runs, its outcome is what counts, also when somebody has stolen the lock.
    return await (running ?? run())
  } finally {
    clock.clearTimeout(timer)
  }
}
