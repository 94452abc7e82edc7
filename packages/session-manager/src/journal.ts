import type { Clock } from './clock.ts'
import { isLong } from './delta-text.ts'
import type { WriterSettings } from './message-writer.ts'
import { isHidden } from './page-life.ts'

/** Streamed text that is shown and not stored yet, and when it is due. */
export class Journal {
  readonly #clock: Clock
  readonly #autosave: WriterSettings['autosave']
  readonly #onDue: () => void
  #text = ''
  #isDirty = false
  #dirtySince = 0
  #timer: unknown

  constructor(clock: Clock, autosave: WriterSettings['autosave'], onDue: () => void) {
    this.#clock = clock
    this.#autosave = autosave
    this.#onDue = onDue
  }

  /** There is something to store, maybe without a text of its own. */
  get isDirty(): boolean {
    return this.#isDirty
  }

  /** What was added since the last `take`. */
  get text(): string {
    return this.#text
  }

  add(text: string): void {
    this.#text += text
    const now = this.#clock.now()
    if (!this.#isDirty) this.#dirtySince = now
    this.#isDirty = true
    if (!this.#autosave) return
    const { maxBytes, delayMs } = this.#autosave
    const isDue = isLong(this.#text, maxBytes) || now - this.#dirtySince >= delayMs || isHidden()
    if (isDue) this.#onDue()
    else this.#timer ??= this.#clock.setTimeout(this.#onDue, delayMs)
  }

  /** It is on its way to the store. */
  take(): string {
    const text = this.#text
    this.stop()
    this.#text = ''
    this.#isDirty = false
    return text
  }

  /** Nothing is due by itself any more. */
  stop(): void {
    this.#clock.clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
