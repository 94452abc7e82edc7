import type { VirtualTime } from './virtual-time.ts'

export interface ServerOptions {
  /** How many calls wait before the next one is refused. */
  readonly maxQueue?: number
  /** The share of the calls that fail at the door, and cost it no work. */
  readonly errorRate?: number
  readonly random: () => number
}

/** How long a refusal is under way. */
const REFUSAL_MS = 1

/**
 * Works on one call after the other, in the order in which they came, each to its end: it does not know when a
 * client has given up. That is what turns a short overload into a long one.
 */
export class OverloadedServer {
  /** Calls in a second; 0 when it is down. */
  capacity: number
  readonly #time: VirtualTime
  readonly #options: ServerOptions
  readonly #queue: Call[] = []
  #first = 0
  #isBusy = false

  constructor(time: VirtualTime, capacity: number, options: ServerOptions) {
    this.#time = time
    this.#options = options
    this.capacity = capacity
  }

  call(answer: (error?: Error) => void): Call {
    const call = new Call(answer)
    const error = this.#refusal()
    if (error) this.#time.setTimeout(() => call.answer?.(error), REFUSAL_MS)
    else this.#queue.push(call)
    if (!this.#isBusy) this.#work()
    return call
  }

  #refusal(): Error | undefined {
    const { maxQueue = Number.POSITIVE_INFINITY, errorRate = 0, random } = this.#options
    if (this.capacity === 0) return connectionRefused()
    const isRefused = this.#queue.length - this.#first >= maxQueue || random() < errorRate
    return isRefused ? Object.assign(new Error('HTTP 503'), { status: 503 }) : undefined
  }

  #work(): void {
    const call = this.#queue[this.#first]
    this.#isBusy = call !== undefined
    if (call === undefined) {
      this.#queue.length = 0
      this.#first = 0
      return
    }
    this.#first++
    this.#time.at(this.#time.now() + 1000 / this.capacity, () => {
      call.answer?.()
      this.#work()
    })
  }
}

export class Call {
  answer: ((error?: Error) => void) | undefined

  constructor(answer: (error?: Error) => void) {
    this.answer = answer
  }

  /** Nobody waits for the answer any more. The work is done all the same. */
  abandon(): void {
    this.answer = undefined
  }
}

/** What `fetch` rejects with on Node. */
function connectionRefused(): Error {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  return new TypeError('fetch failed', { cause })
}
