import type { AcquireOptions } from '../src/index.ts'

/** What became of a request. */
export type Outcome = 'waiting' | 'granted' | 'inside' | 'aborted' | 'timeout' | 'canceled' | 'full' | 'left'

export interface ModelRequest {
  readonly id: number
  readonly weight: number
  readonly rank: number
  readonly deadline: number
  readonly signal: AbortSignal | undefined
  /** Whether the section ends by itself, a moment after it began. */
  readonly brief: boolean
  outcome: Outcome
}

/**
 * The reference: what a lock of `capacity` permits does, in the plainest words. Time is given, microtasks
 * are a list of what happens next, and nothing is fast.
 */
export class LockModel {
  now = 0
  free: number
  waiting: ModelRequest[] = []
  /** Whoever came in, in order. */
  readonly entered: number[] = []
  #soon: (() => void)[] = []
  readonly #maxPending: number

  constructor(capacity: number, maxPending: number) {
    this.free = capacity
    this.#maxPending = maxPending
  }

  request(id: number, weight: number, brief: boolean, options: AcquireOptions): ModelRequest {
    const { priority = 0, timeoutMs = Infinity, signal } = options
    const rank = this.now - priority * 1000
    const request: ModelRequest = {
      id,
      weight,
      rank,
      deadline: this.now + timeoutMs,
      signal,
      brief,
      outcome: 'waiting',
    }
    if (signal?.aborted) request.outcome = 'aborted'
    else if (this.waiting.length === 0 && weight <= this.free) {
      this.free -= weight
      this.#enter(request)
    } else {
      const behind = this.waiting.findIndex(other => other.rank > rank)
      this.waiting.splice(behind === -1 ? this.waiting.length : behind, 0, request)
      this.#admit()
      const isRequest = (other: ModelRequest) => other === request
      if (request.outcome === 'waiting' && timeoutMs === 0) this.#refuse(isRequest, 'timeout')
      else if (this.waiting.length > this.#maxPending) this.#refuse(isRequest, 'full')
    }
    return request
  }

  release(request: ModelRequest): void {
    if (request.outcome !== 'inside') return
    request.outcome = 'left'
    this.free += request.weight
    this.#admit()
  }

  /** The signal is aborted already. */
  abort(signal: AbortSignal): void {
    this.#refuse(request => request.signal === signal, 'aborted')
  }

  cancel(): number {
    const count = this.waiting.length
    this.#refuse(() => true, 'canceled')
    return count
  }

  advance(ms: number): void {
    const end = this.now + ms
    for (;;) {
      const due = Math.min(...this.waiting.map(({ deadline }) => deadline))
      if (due > end) break
      this.now = due
      const first = this.waiting.filter(({ deadline }) => deadline === due).sort((a, b) => a.id - b.id)[0]
      this.#refuse(request => request === first, 'timeout')
    }
    this.now = end
  }

  /** Lets everything happen that is about to. */
  flush(): void {
    for (let next = this.#soon.shift(); next; next = this.#soon.shift()) next()
  }

  #refuse(which: (request: ModelRequest) => boolean, outcome: Outcome): void {
    for (const request of this.waiting) if (which(request)) request.outcome = outcome
    this.waiting = this.waiting.filter(request => !which(request))
    this.#admit()
  }

  #admit(): void {
    for (let [next] = this.waiting; next && next.weight <= this.free; [next] = this.waiting) {
      const granted = next
      this.waiting.shift()
      this.free -= granted.weight
      granted.outcome = 'granted'
      this.#soon.push(() => this.#start(granted))
    }
  }

  #start(request: ModelRequest): void {
    if (request.signal?.aborted) {
      request.outcome = 'aborted'
      this.free += request.weight
      this.#admit()
    } else this.#enter(request)
  }

  #enter(request: ModelRequest): void {
    request.outcome = 'inside'
    this.entered.push(request.id)
    if (request.brief) this.#soon.push(() => this.release(request))
  }
}
