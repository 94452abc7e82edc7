import { lineage } from './branch.ts'
import type { DeadlockLink } from './errors.ts'
import type { Ticket } from './ticket.ts'
import type { WaitQueue } from './wait-queue.ts'

/** The way from a wait back to the owner in question; `null` when it runs into another circle. */
type Stuck = DeadlockLink[] | null | undefined

/** What each owner holds and waits for, over all locks. */
const owners: Map<unknown, Set<Ticket>> = /* @__PURE__ */ new Map()

/** Notes that an owner, and for whom it acts, holds or waits with a ticket. */
export function track(ticket: Ticket): void {
  for (const owner of lineage(ticket.owner)) {
    const tickets = owners.get(owner) ?? new Set()
    owners.set(owner, tickets.add(ticket))
  }
}

export function untrack(ticket: Ticket): void {
  for (const owner of lineage(ticket.owner)) {
    const tickets = owners.get(owner)
    if (tickets?.delete(ticket) && tickets.size === 0) owners.delete(owner)
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
  // Nobody can wait for those who hold nothing, wait nowhere else and go last here.
  const idle = [...targets].every(owner => owners.get(owner)?.size === 1)
  if (idle && ticket.queue.waiters.plain) return undefined
  const way = new Set<unknown>()
  const free = new Set<unknown>()
  return examineWait(ticket)

  function examineWait(ticket: Ticket): Stuck {
    const { owner, queue } = ticket
    const lock = queue.name
    let lost = 0
    let rest: Stuck
    const lose = (weight: number, stuck: Stuck) => {
      if (stuck === undefined) return
      lost += weight
      rest ??= stuck
    }
    const tooFew = ({ weight }: Ticket) => lost > 0 && lost + (weight || 1) > queue.capacity

    for (const holder of queue.holders.ring()) lose(holder.weight, examineOwner(holder.owner))
    for (const ahead of queue.waiters.inOrder()) {
      if (tooFew(ahead)) {
        // Behind the wait in question, which is stuck for want of what this owner holds.
        if (ahead !== ticket && targets.has(ahead.owner) && !targets.has(owner)) return [{ owner, lock }]
        const links = ahead === ticket || ahead.owner === undefined ? [] : [{ owner: ahead.owner, lock }]
        return rest && [{ owner, lock }, ...links, ...rest]
      }
      if (ahead === ticket) return undefined
      // One owner that waits twice in one queue does not wait for itself.
      if (ahead.owner !== owner) lose(ahead.weight, examineOwner(ahead.owner, queue))
    }
    return undefined
  }

  function examineOwner(owner: unknown, except?: WaitQueue): Stuck {
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
