import type { LedgerEntry, LedgerPage } from '../shared/ledger.ts'
import { Generation, type GenerationInit } from './generation.ts'
import { Problem } from './problem.ts'
import type { Reply } from './reply.ts'

const MOST_GENERATIONS = 5_000

/** Every reply of this run under its idempotency key: made once, numbered, and kept to be resumed and audited. */
export class Ledger {
  readonly run: string = crypto.randomUUID().slice(0, 8)
  readonly #generations = new Map<string, Generation>()
  #nextNumber = 1
  #revision = 0

  find(key: string): Generation | undefined {
    return this.#generations.get(key)
  }

  /** The reply under `key`: the one there is, unless it failed, or else a new one that begins to be made. */
  start({
    reply: begin,
    ...init
  }: Pick<GenerationInit, 'key' | 'destination' | 'model' | 'request'> & { reply(): Reply }): Generation {
    const known = this.#generations.get(init.key)
    if (known && known.init.request !== init.request)
      throw new Problem(422, 'idempotency_key_reused', 'this Idempotency-Key was used for another request')
    if (known && known.state !== 'failed') return known
    const reply = begin()
    const generation = new Generation({ ...init, reply, run: this.run, firstNumber: this.#nextNumber }, changed =>
      this.#touch(changed),
    )
    this.#nextNumber += reply.words.length
    this.#generations.set(init.key, generation)
    this.#touch(generation)
    this.#forgetOldest()
    void generation.make()
    return generation
  }

  /** Ends what is being said under this key, if anything is; may be repeated. */
  stop(key: string): { state: LedgerEntry['state'] | 'absent'; tokens: number } {
    const generation = this.#generations.get(key)
    if (!generation) return { state: 'absent', tokens: 0 }
    generation.stop()
    return { state: generation.state, tokens: generation.words.length }
  }

  /** What has changed for `client` since a revision that an earlier page named. Only numbered replies are listed. */
  page(client: string, since = 0): LedgerPage {
    const [oldest] = this.#generations.values()
    const changed = [...this.#generations.values()].filter(({ init, revision }) => {
      return init.destination.client === client && init.reply.isRepeatable && revision > since
    })
    return {
      run: this.run,
      revision: this.#revision,
      oldestNumber: oldest?.init.firstNumber ?? this.#nextNumber,
      entries: changed.map(({ init: { destination, key, firstNumber }, state, words }) => ({
        ...destination,
        key,
        state,
        firstNumber,
        words,
      })),
    }
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
