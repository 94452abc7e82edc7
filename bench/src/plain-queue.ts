import type { RunExclusive } from './mutex-peers.ts'

interface Waiter {
  next?: Waiter
  start?: () => void
}

/**
 * The least that lets one section in at a time: a list of promises, without guards, bounds, errors or order but that of
 * arrival. How its times grow is how those of promises do, with the garbage that 100,000 of them leave.
 */
export function plainQueue(): RunExclusive {
  let locked = false
  let first: Waiter | undefined
  let last: Waiter | undefined
  function leave(): void {
    const waiter = first
    first = waiter?.next
    locked = waiter !== undefined
    waiter?.start?.()
  }
  function begin(fn: () => Promise<void>): Promise<void> {
    const result = fn()
    void result.then(leave, leave)
    return result
  }
  return fn => {
    if (!locked) {
      locked = true
      return begin(fn)
    }
    const waiter: Waiter = {}
    if (first && last) last.next = waiter
    else first = waiter
    last = waiter
    return new Promise<void>(resolve => {
      waiter.start = resolve
    }).then(() => begin(fn))
  }
}
