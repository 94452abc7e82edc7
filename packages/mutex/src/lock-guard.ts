/// <reference lib="esnext.disposable" preserve="true" />
import { notify } from './notify.ts'
import type { Ticket } from './ticket.ts'

/**
 * The right to be inside, for one acquisition: what `acquire` and `tryAcquire` give.
 * Leave with `release()`, or declare it with `using`.
 */
export interface LockGuard extends Disposable {
  /** Whether this guard has been released. */
  readonly released: boolean
  /** Leaves, and lets the next waiter in; a second call does nothing. */
  release(): void
}

/** The guard of one ticket or, where several locks are taken at once, of all of them. */
export class Guard implements LockGuard {
  readonly #tickets: readonly Ticket[]
  readonly #onRelease: (() => void) | undefined
  #released = false

  constructor(tickets: readonly Ticket[], onRelease?: () => void) {
    this.#tickets = tickets
    this.#onRelease = onRelease
    for (const ticket of tickets) notify?.('guard', ticket, this)
  }

  get released(): boolean {
    return this.#released
  }

  release(): void {
    if (this.#released) return
    this.#released = true
    for (const ticket of this.#tickets) ticket.release()
    this.#onRelease?.()
  }

  // Where `Symbol.dispose` is missing, this is a method that nobody finds; `release()` does the same.
  [Symbol.dispose](): void {
    this.release()
  }
}
