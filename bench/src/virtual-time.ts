/**
 * Time that jumps from event to event, as fast as the machine goes.
 *
 * It is a clock in the sense of `@x/retry`, and `install` puts it in place of the platform's, for libraries that take
 * none. Whatever promises an event settles have run before the next event does, so real code under it behaves as it
 * would in real time.
 */
export class VirtualTime {
  #now = 0
  #sequence = 0
  readonly #events: Timer[] = []

  readonly now = (): number => this.#now

  /** As Node has it: never sooner than after a millisecond, and at once when it is more than a timer can hold. */
  readonly setTimeout = (callback: () => void, ms = 0): Timer =>
    this.at(this.#now + (ms >= 1 && ms < 2 ** 31 ? ms : 1), callback)

  readonly clearTimeout = (timer: unknown): void => {
    if (timer instanceof Timer) timer.callback = undefined
  }

  readonly setInterval = (callback: () => void, ms = 0): Timer => {
    const interval = new Timer(0, 0, undefined)
    const repeat = (at: number): void => {
      const timer = this.at(at, () => {
        callback()
        if (interval.callback) repeat(at + Math.max(1, ms))
      })
      interval.callback = () => this.clearTimeout(timer)
    }
    repeat(this.#now + Math.max(1, ms))
    return interval
  }

  readonly clearInterval = (interval: unknown): void => {
    if (!(interval instanceof Timer)) return
    interval.callback?.()
    interval.callback = undefined
  }

  /** Two events of the same instant happen in the order in which they were planned. */
  at(instant: number, callback: () => void): Timer {
    const timer = new Timer(instant, this.#sequence++, callback)
    this.#insert(timer)
    return timer
  }

  /** Lets everything happen that happens before an instant, or before a promise is settled. */
  run(until: number | Promise<unknown>): Promise<void> {
    let isOver = false
    const end = (): void => {
      isOver = true
    }
    if (typeof until === 'number') this.at(until, end)
    else until.then(end, end)
    return new Promise((resolve, reject) => {
      const step = (): void => {
        try {
          if (isOver || !this.#happen()) resolve()
          // Node calls its ticks when it has run out of promises: after the last one that this event has settled.
          else queueMicrotask(() => process.nextTick(step))
        } catch (error) {
          reject(error)
        }
      }
      process.nextTick(step)
    })
  }

  /** Gives the whole process this time and this chance, until the returned function is called. */
  install(random: () => number): () => void {
    const { setTimeout, clearTimeout, setInterval, clearInterval } = this
    const places: [object, Record<string, unknown>][] = [
      [globalThis, { setTimeout, clearTimeout, setInterval, clearInterval }],
      [Date, { now: this.now }],
      [performance, { now: this.now }],
      [Math, { random }],
    ]
    const undos = places.flatMap(([object, values]) => Object.entries(values).map(entry => replace(object, ...entry)))
    return () => undos.forEach(undo => void undo())
  }

  /** The next event; false when there is none. */
  #happen(): boolean {
    const next = this.#events[0]
    if (next === undefined) return false
    this.#removeFirst()
    if (next.callback) {
      this.#now = next.at
      next.callback()
    }
    return true
  }

  #insert(timer: Timer): void {
    const heap = this.#events
    let child = heap.length
    while (child > 0) {
      const parent = (child - 1) >> 1
      const above = heap[parent]
      if (!above?.isAfter(timer)) break
      heap[child] = above
      child = parent
    }
    heap[child] = timer
  }

  #removeFirst(): void {
    const heap = this.#events
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let parent = 0
    for (;;) {
      const left = heap[2 * parent + 1]
      const right = heap[2 * parent + 2]
      const isLeft = left !== undefined && (right === undefined || right.isAfter(left))
      const child = isLeft ? left : right
      if (child === undefined || !last.isAfter(child)) break
      heap[parent] = child
      parent = 2 * parent + (isLeft ? 1 : 2)
    }
    heap[parent] = last
  }
}

/** Something that will happen, unless its callback is taken away. */
class Timer {
  readonly at: number
  readonly #sequence: number
  callback: (() => void) | undefined

  constructor(at: number, sequence: number, callback: (() => void) | undefined) {
    this.at = at
    this.#sequence = sequence
    this.callback = callback
  }

  isAfter(other: Timer): boolean {
    return this.at === other.at ? this.#sequence > other.#sequence : this.at > other.at
  }

  /** Virtual time keeps no process alive. */
  unref(): this {
    return this
  }
}

function replace(object: object, name: string, value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(object, name)
  Object.defineProperty(object, name, { value, configurable: true, writable: true })
  return () => void (own ? Object.defineProperty(object, name, own) : Reflect.deleteProperty(object, name))
}
