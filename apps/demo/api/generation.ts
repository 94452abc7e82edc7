import { fingerprintOf } from '../shared/fingerprint.ts'
import type { Destination, LedgerEntry } from '../shared/ledger.ts'
import { ConnectionCut } from './connection-cut.ts'
import { Problem } from './problem.ts'
import type { Reply } from './reply.ts'

export interface GenerationInit {
  readonly key: string
  /** The run of the server that its numbers belong to. */
  readonly run: string
  readonly destination: Destination
  readonly model: string
  /** What a retry under the same key must repeat. */
  readonly request: string
  readonly firstNumber: number
  readonly reply: Reply
}

const MOST_TAKES = 12

/**
 * One reply, made once: it goes on whether or not anybody reads it, and any number of readers can begin anywhere in it.
 */
export class Generation {
  readonly init: GenerationInit
  readonly createdAt: number = Date.now()
  state: LedgerEntry['state'] = 'running'
  /** Why it ended without being complete. */
  failure: unknown
  /** The ledger's revision of the last change. */
  revision = 0
  #take = 1
  #pieces: string[] = []
  #changed = Promise.withResolvers<void>()
  readonly #stop = new AbortController()
  readonly #onChange: () => void

  constructor(init: GenerationInit, onChange: (generation: Generation) => void) {
    this.init = init
    this.#onChange = () => onChange(this)
  }

  /** The words made so far, of those that carry numbers. */
  get words(): readonly string[] {
    return this.init.reply.words.slice(0, this.#pieces.length)
  }

  /** Names the text that a reader can go on in. */
  get fingerprint(): string {
    return fingerprintOf(this.init.run, this.init.reply.isRepeatable ? undefined : this.#take)
  }

  /** Makes the reply. Never rejects. */
  async make(): Promise<void> {
    try {
      await this.#makeTakes()
      this.#end('complete')
    } catch (error) {
      this.failure = error
      this.#end('failed')
    }
  }

  stop(): void {
    this.#end('stopped')
    this.#stop.abort()
  }

  /** What comes behind the first `after` characters, until the reply ends; each piece with where it ends. */
  async *read(after: number): AsyncGenerator<{ readonly end: number; readonly piece: string }> {
    const take = this.#take
    let end = 0
    for (let index = 0; ; index++) {
      while (take === this.#take && index >= this.#pieces.length) {
        if (this.state !== 'running') return
        await this.#changed.promise
      }
      if (take !== this.#take) throw new ConnectionCut()
      const piece = this.#pieces[index] ?? ''
      end += piece.length
      if (end > after) yield { end, piece: piece.slice(after - end) }
    }
  }

  /** How many characters there are to read. */
  get length(): number {
    return this.#pieces.reduce((sum, { length }) => sum + length, 0)
  }

  async #makeTakes(): Promise<void> {
    for (;;) {
      try {
        for await (const piece of this.init.reply.speak(this.init.firstNumber, this.#stop.signal)) {
          if (this.state !== 'running') return
          this.#pieces.push(piece)
          this.#announce()
        }
        return
      } catch (error) {
        if (error instanceof Problem || this.#take === MOST_TAKES || this.state !== 'running') throw error
        this.#pieces = []
        this.#take++
        this.#announce()
      }
    }
  }

  #end(state: LedgerEntry['state']): void {
    if (this.state !== 'running') return
    this.state = state
    this.#announce()
  }

  #announce(): void {
    this.#onChange()
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}
