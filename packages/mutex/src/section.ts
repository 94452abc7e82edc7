import type { AcquireOptions } from './acquire-options.ts'
import { Guard, type LockGuard } from './lock-guard.ts'
import type { Ticket } from './ticket.ts'
import type { WaitQueue } from './wait-queue.ts'

/**
 * Runs `fn` while it holds: within the call when the permits are free, else in its turn.
 * Plain `then`, since the frame of an async function would double what a waiter costs.
 */
export function runSection<T>(
  queue: WaitQueue,
  weight: number,
  fn: () => T | PromiseLike<T>,
  options?: AcquireOptions,
): Promise<T> {
  const signal = options?.signal
  try {
    const ticket = queue.enter(weight, options)
    if (ticket === undefined) return queue.wait(weight, options).then(ticket => enterSection(ticket, fn, signal))
    // A promise of our own: to `fn`'s, handlers were added, and a rejection that nobody looks at would go unreported.
    return new Promise(resolve => {
      resolve(enterSection(ticket, fn, signal))
    })
  } catch (error) {
    return Promise.reject(error)
  }
}

export function enterSection<T>(
  ticket: Ticket,
  fn: () => T | PromiseLike<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const leave = () => ticket.release()
  try {
    // Aborted after the hand-over and before anything ran: the promise is still the signal's to settle.
    signal?.throwIfAborted()
    const result = Promise.resolve(fn())
    // Both cases handled: the promise that `then` makes here never rejects.
    void result.then(leave, leave)
    return result
  } catch (error) {
    leave()
    throw error
  }
}

/** A ticket that holds, for a guard. */
export async function acquireTicket(
  queue: WaitQueue,
  weight: number,
  options?: AcquireOptions,
  leftMs?: number,
): Promise<Ticket> {
  const signal = options?.signal
  const entered = queue.enter(weight, options)
  if (entered !== undefined) return entered
  const ticket = await queue.wait(weight, options, leftMs)
  if (!signal?.aborted) return ticket
  ticket.release()
  throw signal.reason
}

export function acquireGuard(queue: WaitQueue, weight: number, options?: AcquireOptions): Promise<LockGuard> {
  return acquireTicket(queue, weight, options).then(ticket => new Guard([ticket]))
}

export function tryGuard(queue: WaitQueue, weight: number, owner: unknown): LockGuard | undefined {
  const ticket = queue.enter(weight, { owner })
  return ticket && new Guard([ticket])
}
