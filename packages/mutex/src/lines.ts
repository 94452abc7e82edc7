import { Ticket } from './ticket.ts'

/**
 * Those who wait, in the order in which they go. All age alike, so two waiters never change places: each has its rank for good, and
 * within a priority ranks rise with arrival. So there is a ring for each priority that waits, mostly one, and the next
 * to go is the best of their firsts.
 */
export class Lines {
  /** Starts with the ring of those without a priority. */
  readonly #main: Ticket
  /** By priority; there while somebody waits with one. */
  #others: Map<number, Ticket> | undefined

  constructor(main: Ticket) {
    this.#main = main
  }

  /** Whether all go in mere order of arrival. */
  get plain(): boolean {
    return this.#others === undefined
  }

  add(ticket: Ticket, priority: number): void {
    let line = this.#main
    if (priority !== 0) {
      this.#others ??= new Map()
      line = this.#others.get(priority) ?? new Ticket(ticket.queue, Infinity)
      this.#others.set(priority, line)
    }
    ticket.follow(line.prev)
  }

  /** Who goes next; a ticket that nobody can let in when nobody waits. */
  first(): Ticket {
    let first = this.#main.next
    if (this.#others === undefined) return first
    for (const [priority, line] of this.#others) {
      if (line.next === line) this.#others.delete(priority)
      else if (line.next.rank <= first.rank) first = line.next
    }
    if (this.#others.size === 0) this.#others = undefined
    return first
  }

  inOrder(): Ticket[] {
    const lines = [this.#main, ...(this.#others?.values() ?? [])]
    return lines.flatMap(line => line.ring()).sort((a, b) => a.rank - b.rank)
  }
}
