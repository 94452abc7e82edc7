import type { DeadlockLink } from './errors.ts'
import type { Ticket } from './ticket.ts'
import type { WaitQueue } from './wait-queue.ts'

/** The way from a wait back to the owner in question; `null` when it runs into another circle. */
type Stuck = DeadlockLink[] | null | undefined

/** What each owner holds and waits for, over all locks. */
const owners: Map<unknown, Set<Ticket>> = /* @__PURE__ */ new Map()

/** For whom an owner acts: the other goes on only when this one is done. */
export const principals: WeakMap<object, unknown> = /* @__PURE__ */ new WeakMap()

/** An owner, and all for whom it acts. */
function lineage(owner: unknown): Set<unknown> {
  const line = new Set<unknown>()
  for (let next = owner; next !== undefined; next = principals.get(next as object)) line.add(next)
  return line
}

/** Notes whether an owner, and all for whom it acts, hold or wait with a ticket. */
export function track(ticket: Ticket, on: boolean): void {
  for (const owner of lineage(ticket.owner)) {
    const tickets = owners.get(owner) ?? new Set()
    if (on) tickets.add(ticket)
    else tickets.delete(ticket)
    if (tickets.size > 0) owners.set(owner, tickets)
    else owners.delete(owner)
  }
}

/**
 * The circle that a wait closes, if it does.
 *
 * A wait is stuck when permits that never come back leave too few for it, or for one ahead of it;
 * and permits never come back from an owner who waits for this one in turn. The search follows
 * holders and waiters ahead. An owner met again on the way is stuck, but closes nothing; one found
 * free stays free for the search.
 */
export function findDeadlock(ticket: Ticket): Stuck {
  // Whoever these act for cannot go on either.
  const targets = lineage(ticket.owner)
  // Nobody can wait for those who hold nothing, wait nowhere else and go last here. Who goes behind one that wants a single
  // permit wants as many or more: had none been left for this one, those behind had been refused before.
  const idle = [...targets].every(owner => owners.get(owner)?.size === 1)
  if (idle && (ticket.weight <= 1 || ticket.queue.waiters.plain)) return undefined
  const way = new Set<unknown>()
  const free = new Set<unknown>()
  try {
    return examineWait(ticket)
  } catch {
    // Thousands of owners in one chain: deeper than the stack. The wait goes on as one without an owner does.
    return undefined
  }

  function examineWait(ticket: Ticket): Stuck {
    const { owner, queue } = ticket
    const lock = queue.name
    let lost = 0
    let rest: Stuck
    for (const other of [...queue.holders.ring(), ...queue.waiters.inOrder()]) {
      const waits = other.settle !== undefined
      if (waits && lost > 0 && lost + (other.weight || 1) > queue.capacity) {
        // Behind the wait in question, which is stuck for want of what this owner holds.
        if (other !== ticket && targets.has(other.owner) && !targets.has(owner)) return [{ owner, lock }]
        const links = other === ticket || other.owner === undefined ? [] : [{ owner: other.owner, lock }]
        return rest && [{ owner, lock }, ...links, ...rest]
      }
      if (other === ticket) return undefined
      // One owner that waits twice in one queue does not wait for itself.
      const stuck = waits && other.owner === owner ? undefined : examineOwner(other.owner, waits ? queue : undefined)
      if (stuck !== undefined) {
        lost += other.weight
        rest ??= stuck
      }
    }
    return undefined
  }

  function examineOwner(owner: unknown, except: WaitQueue | undefined): Stuck {
    if (targets.has(owner)) return []
    if (way.has(owner)) return null
    if (owner === undefined || free.has(owner)) return undefined
    way.add(owner)
    let stuck: Stuck
    for (const ticket of owners.get(owner) ?? [])
      if (stuck === undefined && ticket.settle && ticket.queue !== except) stuck = examineWait(ticket)
    way.delete(owner)
    if (stuck === undefined) free.add(owner)
    return stuck
  }
}
