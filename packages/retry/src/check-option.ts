/** Refuses a number that is none or out of range; `undefined` is left to the default. */
export function checkNumber(name: string, value: unknown, accepted: string, isAccepted: (n: number) => boolean): void {
  if (value === undefined) return
  if (typeof value !== 'number') throw new TypeError(`\`${name}\` must be ${accepted}, got ${describe(value)}`)
  if (!isAccepted(value)) throw new RangeError(`\`${name}\` must be ${accepted}, got ${value}`)
}

/** Refuses a duration that is not a number of milliseconds from 0 on; Infinity is one. */
export function checkDuration(name: string, value: unknown): void {
  // NaN fails the comparison.
  checkNumber(name, value, 'a number of milliseconds >= 0', ms => ms >= 0)
}

export function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') {
    throw new TypeError(`\`${name}\` must be a function, got ${describe(value)}`)
  }
}

export function checkOneOf(name: string, value: unknown, accepted: readonly string[]): void {
  if (value !== undefined && !accepted.includes(value as string)) {
    throw new TypeError(`\`${name}\` must be one of ${accepted.join(', ')}, got ${describe(value)}`)
  }
}

export function checkSignal(value: unknown): void {
  if (value !== undefined && typeof (value as AbortSignal | null)?.addEventListener !== 'function') {
    throw new TypeError(`\`signal\` must be an AbortSignal, got ${describe(value)}`)
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return value === null || typeof value !== 'object' ? String(value) : Object.prototype.toString.call(value)
}
