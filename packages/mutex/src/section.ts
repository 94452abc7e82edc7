import type { AcquireOptions } from './acquire-options.ts'
import { Guard, type LockGuard } from './lock-guard.ts'
import type { Ticket } from './ticket.ts'
import type { WaitQueue } from './wait-queue.ts'

/** Runs `fn` while it holds: within the call when the permits are free, else in its turn. */
export function runSection<T>(
  queue: WaitQueue,
  weight: number,
  fn: () => T | PromiseLike<T>,
  options?: AcquireOptions,
): Promise<T> {
  const signal = options?.signal
  const begin = (ticket: Ticket) =>
    runThenLeave(
      () => {
        // Aborted after the hand-over and before anything ran: the promise is still the signal's to settle.
        signal?.throwIfAborted()
        return fn()
      },
      () => ticket.release(),
    )
  // A promise of our own: to `fn`'s, handlers were added, and a rejection that nobody looks at would go unreported.
  return new Promise(resolve => {
    const ticket = queue.enter(weight, options)
    resolve(ticket ? begin(ticket) : queue.wait(weight, options).then(begin))
  })
}

/** Plain `then`, since an async function would cost a queued section a third more. */
export function runThenLeave<T>(fn: () => T | PromiseLike<T>, leave: (settled?: unknown) => void): Promise<T> {
  try {
    const result = Promise.resolve(fn())
    // Both cases handled: the promise that `then` makes here never rejects.
    void result.then(leave, leave)
    return result
  } catch (error) {
    leave()
    throw error
  }
}

/** A ticket that holds, for a guard. `leftMs` is what is left of a `timeoutMs` that bounds several waits. */
export async function acquireTicket(
  queue: WaitQueue,
  weight: number,
  options?: AcquireOptions,
  leftMs?: number,
): Promise<Ticket> {
  const signal = options?.signal
  const ticket = queue.enter(weight, options) ?? (await queue.wait(weight, options, leftMs))
  if (!signal?.aborted) return ticket
  ticket.release()
  throw signal.reason
}

export function acquireGuard(queue: WaitQueue, weight: number, options?: AcquireOptions): Promise<LockGuard> {
  return acquireTicket(queue, weight, options).then(ticket => new Guard([ticket]))
}

export function tryGuard(queue: WaitQueue, weight: number, options?: AcquireOptions): LockGuard | undefined {
  const ticket = queue.enter(weight, options)
  return ticket && new Guard([ticket])
}
