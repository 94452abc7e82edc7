import { isSessionError, isStoreError, SessionBusyError, toStoreError } from './errors.ts'
import { type HeldLock, holdLock } from './hold-lock.ts'
import { ignore } from './ignore.ts'
import type { TurnClaimResult } from './session-store.ts'
import type { Surroundings } from './surroundings.ts'
import { type Demand, LEASE_TTL_MS, parseHolder, TurnClaims } from './turn-claims.ts'
import { bounded, wait } from './wait.ts'

/** How often a waiter looks; a look makes a live holder renew, also one whose timers are throttled. */
const POLL_MS = 5000
/** How long an interrupted turn may take to settle. */
export const GRACE_MS = 1000
/** Nobody is waited for any longer. */
const OVER = 'over'

/** `reject` does not wait; a demand gives whoever has the turn a second to meet it, and takes the turn. */
export type LeaseMode = 'enqueue' | 'reject' | Demand

export interface LeaseRequest {
  readonly mode: LeaseMode
  readonly owner: unknown
  /** Called when somebody else has the turn. */
  readonly onWait: () => void
}

/** The turn of a session among everybody who shares its store: a lock, and a lease in the store. */
export interface Lease {
  /** `undefined` while the store cannot record it: the lock alone excludes, nothing fences. */
  readonly fencingToken: bigint | undefined
  /** After the loss: calls `takeBack` when whoever takes the turn asks for that. They wait until `release`. */
  handOver(takeBack: (fencingToken: bigint) => Promise<void>): Promise<void>
  release(): void
}

/**
 * Takes the turn.
 *
 * The lock tells at once that a holder is gone (a crashed tab's is free), the
 * lease tells of one that is frozen (its renewals stand still), and the token
 * keeps a former holder's late commits out.
 */
export async function takeLease(
  sessionId: string,
  request: LeaseRequest,
  around: Surroundings,
  signal: AbortSignal,
): Promise<Lease> {
  const claims = new TurnClaims(sessionId, around)
  const lock = await takeLock(sessionId, request, claims, around, signal)
  try {
    let fencingToken = await takeToken(request.mode, claims, around, signal)
    return {
      fencingToken,
      async handOver(takeBack) {
        const asked = await claims.asked(around.disposed)
        if (!asked) return
        fencingToken = asked.fencingToken
        if (asked.demand === 'rollback') await takeBack(fencingToken)
      },
      release() {
        if (fencingToken !== undefined) claims.release(fencingToken)
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

async function takeLock(
  sessionId: string,
  { mode, owner, onWait }: LeaseRequest,
  claims: TurnClaims,
  around: Surroundings,
  signal: AbortSignal,
): Promise<HeldLock> {
  const { locks, prefix } = around.scope
  const name = `${prefix}turn:${sessionId}`
  const free = await holdLock(locks, name, { ifAvailable: true, owner })
  if (free) return free
  onWait()
  if (mode === 'reject') throw new SessionBusyError(`session "${sessionId}" has a turn elsewhere`)
  // Fenced at once: its manager notices and aborts the turn, wherever that is.
  if (mode !== 'enqueue') await claims.demand(mode, signal).catch(ignore)
  const { clock } = around
  const patience = new AbortController()
  const over = mode === 'enqueue' ? untilStale(claims, around, patience.signal) : wait(GRACE_MS, clock, patience.signal)
  over.then(() => patience.abort(OVER)).catch(ignore)
  const bounds = { signals: [signal, patience.signal], timeoutMs: Infinity, clock, onTimeout: ignore }
  try {
    return (await bounded(bounds, waiting => holdLock(locks, name, { signal: waiting, owner }))) as HeldLock
  } catch (error) {
    if (patience.signal.reason !== OVER || signal.aborted) throw error
    return (await holdLock(locks, name, { steal: true, owner })) as HeldLock
  } finally {
    patience.abort()
  }
}

async function takeToken(
  mode: LeaseMode,
  claims: TurnClaims,
  around: Surroundings,
  signal: AbortSignal,
): Promise<bigint | undefined> {
  const patience = patienceOf(mode, around)
  try {
    for (let force = false; ; ) {
      const isDemand = mode === 'interrupt' || mode === 'rollback'
      const answer: TurnClaimResult =
        isDemand && !force ? await claims.demand(mode, signal) : await claims.claim(signal, force)
      if ('fencingToken' in answer) return answer.fencingToken
      // Whose turn it is takes the same locks, and yet the lock was free: it is gone.
      const isGone = parseHolder(answer.heldBy).holder.startsWith(`${around.scope.id}/`)
      if (!isGone && mode === 'reject') throw new SessionBusyError('the session has a turn elsewhere')
      force = isGone || patience.isOver(answer)
      if (!force) await wait(patience.pollMs, around.clock, signal)
    }
  } catch (error) {
    const cannot = !isSessionError(error) || isStoreError(error)
    if (signal.aborted || !cannot) throw error
    if (!around.scope.covers) throw toStoreError(error)
    return undefined
  }
}

interface Patience {
  readonly pollMs: number
  readonly isOver: (answer: TurnClaimResult) => boolean
}

/** With a lease that no lock of ours tells about. */
function patienceOf(mode: LeaseMode, around: Surroundings): Patience {
  if (mode === 'enqueue') return { pollMs: POLL_MS / 10, isOver: staleness(around) }
  const until = around.clock.now() + GRACE_MS
  return { pollMs: GRACE_MS / 20, isOver: () => around.clock.now() >= until }
}

/** Resolves when the lease of whoever has the lock has stopped moving. */
async function untilStale(claims: TurnClaims, around: Surroundings, signal: AbortSignal): Promise<void> {
  const isStale = staleness(around)
  do await wait(POLL_MS, around.clock, signal)
  while (!isStale(await claims.look(signal).catch(() => undefined)))
}

/** Tells of each answer whether the lease has stood still for too long. */
function staleness({ clock }: Surroundings): (answer: TurnClaimResult | undefined) => boolean {
  let last = ''
  let since = 0
  return answer => {
    if (!answer || !('heldBy' in answer)) return false
    const seen = `${answer.heldBy} ${answer.renewals}`
    if (seen !== last) since = clock.now()
    last = seen
    return clock.now() - since >= LEASE_TTL_MS
  }
}
