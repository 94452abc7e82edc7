/** What somebody says, as it is going to be said. */
export interface Reply {
  /** The words that get a number each, in their order; a real model's are not known and get none. */
  readonly words: readonly string[]
  /** Whether it says the same when it is asked again. */
  readonly isRepeatable: boolean
  /** Says it, piece by piece. */
  speak(firstNumber: number, signal: AbortSignal): AsyncIterable<string>
}
