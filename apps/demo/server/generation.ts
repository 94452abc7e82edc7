import type { Destination } from '../shared/ledger.ts'
import { numbered, withoutNumbers } from '../shared/numbered.ts'

/**
 * One reply, made once: it goes on whether or not anybody reads it, and any number of readers can begin at any token.
 */
export class Generation {
  readonly key: string
  /** The run of the server that its numbers belong to. */
  readonly run: string
  readonly destination: Destination
  readonly model: string
  /** What a retry under the same key must repeat. */
  readonly fingerprint: string
  readonly firstNumber: number
  readonly createdAt: number = Date.now()
  state: 'running' | 'complete' | 'stopped' = 'running'
  /** The words made so far. */
  readonly words: string[] = []
  /** The ledger's revision of the last change. */
  revision = 0
  readonly #parts: readonly { word: string; gap: string }[]
  #changed = Promise.withResolvers<void>()

  constructor(
    init: Pick<Generation, 'key' | 'run' | 'destination' | 'model' | 'fingerprint' | 'firstNumber'> & { text: string },
  ) {
    this.key = init.key
    this.run = init.run
    this.destination = init.destination
    this.model = init.model
    this.fingerprint = init.fingerprint
    this.firstNumber = init.firstNumber
    this.#parts = partsOf(init.text)
  }

  /** How many tokens the whole reply has. */
  get length(): number {
    return this.#parts.length
  }

  /** Makes the next token, and ends after the last. */
  advance(): void {
    const part = this.#parts[this.words.length]
    if (part) this.words.push(part.word)
    if (this.words.length === this.length) this.state = 'complete'
    this.#wakeReaders()
  }

  stop(): void {
    if (this.state === 'running') this.state = 'stopped'
    this.#wakeReaders()
  }

  /** The text of the token at `index`, from 0, as it is streamed. */
  piece(index: number): string {
    const { word = '', gap = '' } = this.#parts[index] ?? {}
    return numbered(word, this.firstNumber + index) + gap
  }

  /** The tokens behind the first `after`, as they come, until the reply ends. */
  async *read(after: number): AsyncGenerator<{ index: number; piece: string }> {
    for (let index = after; ; index++) {
      while (index >= this.words.length) {
        if (this.state !== 'running') return
        await this.#changed.promise
      }
      yield { index, piece: this.piece(index) }
    }
  }

  #wakeReaders(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

function partsOf(text: string): { word: string; gap: string }[] {
  return [...withoutNumbers(text).matchAll(/(\S+)(\s*)/g)].map(([, word = '', gap = '']) => ({ word, gap }))
}
