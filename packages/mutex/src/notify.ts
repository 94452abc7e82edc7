import type { Ticket } from './ticket.ts'

/** What happens to a ticket: it waits, is let in, leaves, is refused; a guard is made for it. */
type Happening = 'wait' | 'acquire' | 'release' | 'refuse' | 'guard'

/** Is told what happens; `detail` is the reason of a refusal, or the guard. */
export type Notify = (happening: Happening, ticket: Ticket, detail?: unknown) => void

const listeners: Set<Notify> = /* @__PURE__ */ new Set()

/** Undefined while nobody listens, so that it costs a comparison. */
export let notify: Notify | undefined

/** Tells `listener` what happens to all locks, until the returned function is called. */
export function subscribe(listener: Notify): () => void {
  listeners.add(listener)
  notify = tellAll
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) notify = undefined
  }
}

function tellAll(happening: Happening, ticket: Ticket, detail?: unknown): void {
  // A watcher of `waitForUnlock` neither waits for the lock nor holds it.
  if (ticket.weight > 0) for (const listener of listeners) listener(happening, ticket, detail)
}
