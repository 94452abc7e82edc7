import { track } from './deadlock.ts'
import { notify } from './notify.ts'
import type { Timer } from './timer.ts'
import type { WaitQueue } from './wait-queue.ts'

/**
 * One request, from the call to the release: a node in the ring of those who wait, then of those who
 * hold. A ring starts and ends at a ticket of infinite weight, which is never let in.
 */
export class Ticket {
  prev: Ticket = this
  next: Ticket = this
  readonly queue: WaitQueue
  /** Permits; with 0 it waits for a free one and takes none. */
  weight: number
  readonly owner: unknown
  /** The lowest goes first: the time of arrival, less what the priority is worth. */
  readonly rank: number
  released = false
  /** Ends the wait; set while it lasts. */
  settle: ((outcome: Ticket | Promise<never>) => void) | undefined
  signal: AbortSignal | undefined
  timer: Timer | undefined

  constructor(queue: WaitQueue, weight: number, owner?: unknown, rank: number = Infinity) {
    this.rank = rank
    this.queue = queue
    this.weight = weight
    this.owner = owner
    if (owner !== undefined) track(this, true)
  }

  /** Takes the place behind `prev`. */
  follow(prev: Ticket): void {
    this.prev = prev
    this.next = prev.next
    this.next.prev = this
    prev.next = this
  }

  leave(): void {
    this.prev.next = this.next
    this.next.prev = this.prev
    this.prev = this
    this.next = this
  }

  release(): void {
    if (this.released) return
    this.withdraw()
    this.queue.admit()
  }

  /** Gives the permits back and lets nobody in. */
  withdraw(): void {
    this.released = true
    this.leave()
    if (this.owner !== undefined) track(this, false)
    this.queue.free += this.weight
    notify?.('release', this)
  }

  /** The ring that starts here, without its start. */
  ring(): Ticket[] {
    const tickets: Ticket[] = []
    for (let ticket = this.next; ticket !== this; ticket = ticket.next) tickets.push(ticket)
    return tickets
  }
}
