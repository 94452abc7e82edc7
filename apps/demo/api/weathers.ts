import { Weather } from './faults.ts'

const MOST = 100

/** One weather for all, and one of its own for whoever asked for it. */
export class Weathers {
  readonly #common = new Weather()
  readonly #own = new Map<string, Weather>()

  /** What the requests of this client meet. */
  over(client: string): Weather {
    return this.#own.get(client) ?? this.#common
  }

  /** The weather that a change for this client, or without one for all, is about. */
  toChange(client: string): Weather {
    if (!client) return this.#common
    const own = this.#own.get(client) ?? new Weather()
    this.#own.set(client, own)
    if (this.#own.size > MOST) this.#own.delete(this.#own.keys().next().value ?? '')
    return own
  }
}
