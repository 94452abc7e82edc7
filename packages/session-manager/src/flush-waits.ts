import { toStoreError } from './errors.ts'

interface FlushWait {
  readonly isDone: () => boolean
  resolve(): void
  reject(error: unknown): void
}

/** Those who wait until the store has what they have written. */
export class FlushWaits {
  #waits: FlushWait[] = []

  add(isDone: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => this.#waits.push({ isDone, resolve, reject }))
  }

  /** Some of it is in the store: those go on who wait for no more. */
  check(): void {
    this.#waits = this.#waits.filter(wait => {
      const isDone = wait.isDone()
      if (isDone) wait.resolve()
      return !isDone
    })
  }

  /** The store cannot: a new error for each. */
  fail(error: unknown): void {
    for (const { reject } of this.#waits.splice(0)) reject(toStoreError(error))
  }

  end(): void {
    for (const { resolve } of this.#waits.splice(0)) resolve()
  }
}
