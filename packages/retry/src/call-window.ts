/** Calls and failures of one stretch of the window. */
interface Slot {
  index: number
  calls: number
  failures: number
}

// The window moves in steps of a tenth.
const SLOTS = 10

/** Counts the calls and failures of the last `windowMs`, in constant memory. */
export class CallWindow {
  readonly #slotMs: number
  readonly #slots: Slot[] = Array.from({ length: SLOTS }, () => ({ index: -Infinity, calls: 0, failures: 0 }))

  constructor(windowMs: number) {
    this.#slotMs = windowMs / SLOTS
  }

  add(now: number, calls: number, failures: number): void {
    const index = Math.floor(now / this.#slotMs)
    const slot = this.#slots[((index % SLOTS) + SLOTS) % SLOTS] as Slot
    if (slot.index !== index) {
      slot.index = index
      slot.calls = 0
      slot.failures = 0
    }
    slot.calls += calls
    slot.failures += failures
  }

  /** The stretches that lie in the window, oldest first. */
  recent(now: number): { ageMs: number; calls: number; failures: number }[] {
    const oldest = Math.floor(now / this.#slotMs) - SLOTS
    return this.#slots
      .filter(({ index, calls }) => index > oldest && calls > 0)
      .sort((a, b) => a.index - b.index)
      .map(({ index, calls, failures }) => ({ ageMs: Math.max(0, now - index * this.#slotMs), calls, failures }))
  }

  clear(): void {
    for (const slot of this.#slots) slot.calls = 0
  }
}
