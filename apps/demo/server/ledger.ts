import { randomUUID } from 'node:crypto'
import type { Destination, LedgerEntry, LedgerPage } from '../shared/ledger.ts'
import { Generation } from './generation.ts'
import { Problem } from './problem.ts'

const MOST_GENERATIONS = 5_000

/** Every reply of this run under its idempotency key: made once, numbered, and kept to be resumed and audited. */
export class Ledger {
  readonly run: string = randomUUID().slice(0, 8)
  readonly #generations = new Map<string, Generation>()
  readonly #paceMs: () => number
  #nextNumber = 1
  #revision = 0

  constructor(paceMs: () => number) {
    this.#paceMs = paceMs
  }

  find(key: string): Generation | undefined {
    return this.#generations.get(key)
  }

  /** The reply under `key`: the one there is, or else a new one that begins to be made. */
  start(init: {
    key: string
    destination: Destination
    model: string
    fingerprint: string
    text(): string
  }): Generation {
    const known = this.#generations.get(init.key)
    if (known) {
      if (known.fingerprint !== init.fingerprint)
        throw new Problem(422, 'idempotency_key_reused', 'this Idempotency-Key was used for another request')
      return known
    }
    const generation = new Generation({ ...init, run: this.run, text: init.text(), firstNumber: this.#nextNumber })
    this.#nextNumber += generation.length
    this.#generations.set(init.key, generation)
    this.#touch(generation)
    this.#forgetOldest()
    this.#schedule(generation)
    return generation
  }

  /** Ends what is being said under this key, if anything is; may be repeated. */
  stop(key: string): { state: LedgerEntry['state'] | 'absent'; tokens: number } {
    const generation = this.#generations.get(key)
    if (!generation) return { state: 'absent', tokens: 0 }
    generation.stop()
    this.#touch(generation)
    return { state: generation.state, tokens: generation.words.length }
  }

  /** What has changed for `client` since a revision that an earlier page named. */
  page(client: string, since = 0): LedgerPage {
    const [oldest] = this.#generations.values()
    const changed = [...this.#generations.values()].filter(
      generation => generation.destination.client === client && generation.revision > since,
    )
    return {
      run: this.run,
      revision: this.#revision,
      oldestNumber: oldest?.firstNumber ?? this.#nextNumber,
      entries: changed.map(({ key, state, firstNumber, words, destination }) => ({
        ...destination,
        key,
        state,
        firstNumber,
        words,
      })),
    }
  }

  #schedule(generation: Generation): void {
    const timer = setTimeout(() => {
      if (generation.state !== 'running') return
      generation.advance()
      this.#touch(generation)
      if (generation.state === 'running') this.#schedule(generation)
    }, this.#paceMs())
    timer.unref()
  }

  #touch(generation: Generation): void {
    generation.revision = ++this.#revision
  }

  #forgetOldest(): void {
    for (const [key, generation] of this.#generations) {
      if (this.#generations.size <= MOST_GENERATIONS || generation.state === 'running') return
      this.#generations.delete(key)
    }
  }
}
