import { isSessionError, isStoreError, SessionBusyError } from './errors.ts'
import { type HeldLock, holdLock } from './hold-lock.ts'
import type { TurnClaimResult } from './session-store.ts'
import type { Surroundings } from './surroundings.ts'
import { uniqueId } from './unique-id.ts'
import { wait } from './wait.ts'

/** A lease is stale when its renewals have not moved for this long by the clock of whoever waits. */
export const LEASE_TTL_MS = 60_000
/** How often a waiter looks; a look makes a live holder renew, also one whose timers are throttled. */
const POLL_MS = 5000
/** How long an interrupted turn may take to settle. */
export const GRACE_MS = 1000

/** `reject` does not wait; `preempt` gives whoever has the turn a second and takes it. */
export type LeaseMode = 'enqueue' | 'reject' | 'preempt'

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
  const { mode } = request
  const { scope, store } = around
  const owner = `${scope.id}/${uniqueId()}`
  const ask = (force: boolean): Promise<TurnClaimResult> =>
    store.claimTurn(sessionId, { owner, ttlMs: LEASE_TTL_MS, force }, { signal })
  // The answer to a claim may be lost; the second one gets the same.
  const claim = (force: boolean): Promise<TurnClaimResult> =>
    ask(force).catch(error => {
      if (signal.aborted) throw error
      return ask(force)
    })
  // A release that fails leaves a lease that the next one to get the lock finds stale.
  const unclaim = (token: bigint): void => void store.releaseTurn(sessionId, token).catch(() => {})
  const look = async (): Promise<TurnClaimResult> => {
    const answer = await claim(mode === 'preempt')
    if ('fencingToken' in answer && mode !== 'preempt') unclaim(answer.fencingToken)
    return answer
  }
  const lock = await takeLock(sessionId, request, look, around, signal)
  try {
    const fencingToken = await takeToken(mode, claim, around, signal)
    const release = (): void => {
      if (fencingToken !== undefined) unclaim(fencingToken)
      lock.release()
    }
    return { fencingToken, release }
  } catch (error) {
    lock.release()
    throw error
  }
}

type Claim = (force: boolean) => Promise<TurnClaimResult>

async function takeLock(
  sessionId: string,
  { mode, owner, onWait }: LeaseRequest,
  look: () => Promise<TurnClaimResult>,
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
  if (mode === 'preempt') await look().catch(() => {})
  const waiting = new AbortController()
  const abort = (): void => waiting.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  const stale = Symbol('stale')
  const patience =
    mode === 'preempt' ? wait(GRACE_MS, around.clock, waiting.signal) : untilStale(look, around, waiting.signal)
  patience.then(() => waiting.abort(stale)).catch(() => {})
  try {
    return (await holdLock(locks, name, { signal: waiting.signal, owner })) as HeldLock
  } catch (error) {
    if (waiting.signal.reason !== stale || signal.aborted) throw error
    return (await holdLock(locks, name, { steal: true, owner })) as HeldLock
  } finally {
    signal.removeEventListener('abort', abort)
    waiting.abort()
  }
}

async function takeToken(
  mode: LeaseMode,
  claim: Claim,
  around: Surroundings,
  signal: AbortSignal,
): Promise<bigint | undefined> {
  try {
    const answer = await claim(mode === 'preempt')
    if ('fencingToken' in answer) return answer.fencingToken
    // Its holder takes the same locks, and yet the lock was free: it is gone.
    const isGone = answer.heldBy.startsWith(`${around.scope.id}/`)
    if (!isGone && mode === 'reject') throw new SessionBusyError('the session has a turn elsewhere')
    if (!isGone) return await takeWhenStale(claim, around, signal)
    const forced = await claim(true)
    return 'fencingToken' in forced ? forced.fencingToken : undefined
  } catch (error) {
    const cannot = !isSessionError(error) || isStoreError(error)
    if (signal.aborted || !cannot || !around.scope.covers) throw error
    return undefined
  }
}

/** Polls a lease that no lock of ours tells about, until it is free or stale. */
async function takeWhenStale(claim: Claim, around: Surroundings, signal: AbortSignal): Promise<bigint> {
  const isStale = staleness(around)
  for (let force = false; ; ) {
    const answer = await claim(force)
    if ('fencingToken' in answer) return answer.fencingToken
    force = isStale(answer)
    await wait(POLL_MS / 10, around.clock, signal)
  }
}

/** Resolves when the lease of whoever has the lock has stopped moving. */
async function untilStale(
  look: () => Promise<TurnClaimResult>,
  around: Surroundings,
  signal: AbortSignal,
): Promise<void> {
  const isStale = staleness(around)
  do await wait(POLL_MS, around.clock, signal)
  while (!isStale(await look().catch(() => undefined)))
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
