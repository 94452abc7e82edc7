import {
  type AcquireOptions,
  LockCanceledError,
  type LockGuard,
  LockTimeoutError,
  QueueFullError,
} from '../src/index.ts'
import type { Driven } from './lock-program.ts'

/** What can be wrong with a lock, one at a time; `none` is right. */
export type Fault =
  | 'none'
  | 'release twice'
  | 'no removal on abort'
  | 'overtaking'
  | 'lost hand-over'
  | 'release on the wrong owner'

interface Waiting {
  readonly rank: number
  readonly signal: AbortSignal | undefined
  resolve(guard: LockGuard): void
  reject(reason: unknown): void
}

/** A mutex as one writes it in an afternoon, with a fault of choice: what the search must find. */
export class FaultyLock implements Driven {
  readonly #fault: Fault
  readonly #maxPending: number
  #waiting: Waiting[] = []
  #held = false

  constructor(fault: Fault, maxPending: number) {
    this.#fault = fault
    this.#maxPending = maxPending
  }

  get pending(): number {
    return this.#waiting.length
  }

  isLocked(): boolean {
    return this.#held
  }

  async run(weight: number, fn: () => void | Promise<void>, options: AcquireOptions): Promise<void> {
    if (!this.#held && !options.signal?.aborted) {
      const guard = this.#guard()
      return Promise.resolve(fn()).finally(() => guard.release())
    }
    const guard = await this.acquire(weight, options)
    try {
      return await fn()
    } finally {
      guard.release()
    }
  }

  async acquire(_weight: number, { signal, timeoutMs = Infinity, priority = 0 }: AcquireOptions): Promise<LockGuard> {
    signal?.throwIfAborted()
    if (!this.#held) return this.#guard()
    if (timeoutMs === 0) throw new LockTimeoutError('now or never')
    if (this.#waiting.length >= this.#maxPending) throw new QueueFullError('full')
    const guard = await new Promise<LockGuard>((resolve, reject) => {
      const waiting: Waiting = { rank: performance.now() - priority * 1000, signal, resolve: grant, reject: refuse }
      const onAbort = () => {
        // An abandoned waiter that stays is let in one day, and never leaves.
        if (this.#fault !== 'no removal on abort') this.#remove(waiting)
        refuse(signal?.reason)
      }
      const onTimer = () => {
        this.#remove(waiting)
        refuse(new LockTimeoutError('late'))
      }
      const timer = timeoutMs < Infinity ? setTimeout(onTimer, timeoutMs) : undefined
      signal?.addEventListener('abort', onAbort)
      const behind = this.#waiting.findIndex(other => other.rank > waiting.rank)
      this.#waiting.splice(behind === -1 ? this.#waiting.length : behind, 0, waiting)

      function forget() {
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
      }
      function grant(guard: LockGuard) {
        forget()
        resolve(guard)
      }
      function refuse(reason: unknown) {
        forget()
        reject(reason)
      }
    })
    if (!signal?.aborted) return guard
    if (this.#fault !== 'lost hand-over') guard.release()
    throw signal.reason
  }

  cancel(): number {
    const waiting = this.#waiting.splice(0)
    for (const { reject } of waiting) reject(new LockCanceledError('canceled'))
    return waiting.length
  }

  #remove(waiting: Waiting): void {
    this.#waiting = this.#waiting.filter(other => other !== waiting)
  }

  #guard(): LockGuard {
    this.#held = true
    const lock = this
    let released = false
    return {
      get released() {
        return released
      },
      release() {
        if (released && lock.#fault !== 'release on the wrong owner') {
          if (lock.#fault !== 'release twice') return
          // A second release that lets one more in, though somebody is inside.
        }
        released = true
        lock.#leave()
      },
      [Symbol.dispose]() {
        this.release()
      },
    }
  }

  #leave(): void {
    const next = this.#fault === 'overtaking' ? this.#waiting.pop() : this.#waiting.shift()
    this.#held = false
    next?.resolve(this.#guard())
  }
}
