import { AbortScope } from './abort-scope.ts'
import type { AttemptContext } from './retry-options.ts'

/** What the function is told; it costs nothing but itself until the signal is asked for. */
export class Attempt extends AbortScope implements AttemptContext {
  readonly attempt: number
  readonly previousError: unknown

  constructor(attempt: number, previousError?: unknown, signal?: AbortSignal) {
    super(signal)
    this.attempt = attempt
    this.previousError = previousError
  }
}
