/** What of a delta counts for `maxBytes`. */
export function textOf(delta: unknown): string {
  if (typeof delta === 'string') return delta
  try {
    return JSON.stringify(delta) ?? ''
  } catch {
    return ''
  }
}

/** In UTF-8, where a character takes three bytes at most; so short texts need no counting. */
export function isLong(text: string, maxBytes: number): boolean {
  return text.length * 3 >= maxBytes && new TextEncoder().encode(text).length >= maxBytes
}
