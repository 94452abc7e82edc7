/** An `AbortController` that is made when somebody asks for its signal. */
export class AbortScope {
  #controller: AbortController | undefined
  #aborted: { readonly reason: unknown } | undefined
  readonly #signal: AbortSignal | undefined

  /** With a `signal` given it is the scope's: nothing but that one can abort it. */
  constructor(signal?: AbortSignal) {
    this.#signal = signal
  }

  get signal(): AbortSignal {
    if (this.#signal) return this.#signal
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#aborted) this.#controller.abort(this.#aborted.reason)
    }
    return this.#controller.signal
  }

  abort(reason: unknown): void {
    this.#aborted = { reason }
    this.#controller?.abort(reason)
  }
}
