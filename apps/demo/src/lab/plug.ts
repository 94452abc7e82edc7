const OUT = 'Failed to fetch'

/** The network of a worker, with a plug that can be pulled. */
export class Plug {
  #cut: AbortController | undefined = new AbortController()
  readonly #fetch: typeof fetch

  /** Takes the place of the worker's `fetch`, with paths below `base`; `onRequest` hears of each request made. */
  constructor(scope: { fetch: typeof fetch }, base: string, onRequest: () => void) {
    this.#fetch = scope.fetch.bind(scope)
    scope.fetch = async (input, init) => {
      onRequest()
      if (!this.#cut) throw new TypeError(OUT)
      const signals = [this.#cut.signal, ...(init?.signal ? [init.signal] : [])]
      return await this.#fetch(typeof input === 'string' ? new URL(input, base) : input, {
        ...init,
        signal: AbortSignal.any(signals),
      })
    }
  }

  pull(): void {
    this.#cut?.abort(new TypeError(OUT))
    this.#cut = undefined
  }

  putBack(): void {
    this.#cut ??= new AbortController()
  }
}
