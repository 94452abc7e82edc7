import { isLockError } from '@x/mutex'
import { retry } from '@x/retry'
import { checkOption, checkSignal, optionsOf } from './check-option.ts'
import type { Clock } from './clock.ts'
import { isRefusal, isSessionError } from './errors.ts'
import type { Turn } from './turn.ts'
import type { TurnLock } from './turn-lock.ts'
import { bounded, checkDuration } from './wait.ts'

/** How long to wait for the lock, and for whom. */
export interface ProcessingLockOptions {
  /** Bounds the whole wait, in milliseconds. @defaultValue 5000 */
  readonly timeoutMs?: number | undefined
  /** Who asks, compared with `===`; needed to find a circular wait. */
  readonly owner?: unknown
  /** Ends the wait: the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined
}

/** What came of asking for the lock. */
export interface ProcessingLock {
  readonly locked: boolean
  readonly currentSessionId: string | null
  /** Present when locked; a second call does nothing. */
  readonly release?: () => void
  /** Present when not locked: why. */
  readonly error?: string
}

/** The current session as the lock sees it. */
export interface ProcessingTarget {
  readonly id: string | null
  readonly turns: TurnLock
  /** Aborted when another session becomes current. */
  readonly switched: AbortSignal
  readonly clock: Clock
  readonly currentId: () => string | null
}

const TIMEOUT_MS = 5000
/** A lock manager that fails is tried this often, from 100 ms on. */
const RETRIES = { maxRetries: 2, baseDelayMs: 100, jitter: 'none' } as const

/** Takes the turn of the current session, and tells what came of it in the words of the older code. */
export async function acquireProcessingLock(
  target: ProcessingTarget,
  expectedSessionId: string | null,
  options: ProcessingLockOptions | undefined,
): Promise<ProcessingLock> {
  const { timeoutMs = TIMEOUT_MS, owner, signal }: ProcessingLockOptions = optionsOf(options)
  const { id, turns, switched, clock, currentId } = target
  const refuse = (error: string): ProcessingLock => ({ locked: false, currentSessionId: currentId(), error })
  checkOption(
    expectedSessionId === null || typeof expectedSessionId === 'string',
    'expectedSessionId',
    expectedSessionId,
    'a string or null',
  )
  checkDuration('timeoutMs', timeoutMs)
  checkSignal(signal)
  signal?.throwIfAborted()
  if (expectedSessionId !== null && expectedSessionId !== id) return refuse(SWITCHED)
  let isOver = false
  const attempt = async (wait: AbortSignal): Promise<Turn> => {
    const turn = await turns.acquire({ owner, signal: wait, timeoutMs: timeoutMs === 0 ? 0 : Infinity })
    if (isOver) turn.end() // Granted to somebody who had gone.
    return turn
  }
  const bounds = { signals: [signal, switched], timeoutMs: timeoutMs || Infinity, clock, onTimeout: () => TIMED_OUT }
  try {
    const turn = await bounded(bounds, wait =>
      retry(() => attempt(wait), { ...RETRIES, shouldRetry: ({ error }) => !isAnswer(error), signal: wait, clock }),
    )
    if (!switched.aborted) return { locked: true, currentSessionId: id, release: () => turn.end() }
    turn.end()
    return refuse(SWITCHED)
  } catch (error) {
    isOver = true
    if (signal?.aborted && error === signal.reason) throw error
    if (hasCode(error, 'STORE_CLOSED')) throw error
    if (error === TIMED_OUT || hasCode(error, 'SESSION_BUSY')) return refuse('Lock acquisition timeout')
    if (error === switched.reason) return refuse(SWITCHED)
    return refuse(hasCode(error, 'DEADLOCK') ? 'Circular wait detected' : 'Max retry attempts exceeded')
  }
}

const SWITCHED = 'Session switched while waiting for lock'
const TIMED_OUT = Symbol('timed out')

/** An answer of the lock, as against a failure of its manager or of the store. */
function isAnswer(error: unknown): boolean {
  return isLockError(error) || isRefusal(error) || hasCode(error, 'STORE_CLOSED')
}

function hasCode(error: unknown, code: string): boolean {
  return (isLockError(error) || isSessionError(error)) && error.code === code
}
