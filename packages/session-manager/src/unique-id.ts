/**
 * A UUID of version 7 (RFC 9562, section 5.7): ids made later sort later.
 * `crypto.getRandomValues` is there on plain-http pages too, `randomUUID` is not.
 */
export function uniqueId(): string {
  const random = crypto.getRandomValues(new Uint8Array(10))
  random[0] = ((random[0] ?? 0) & 0x0f) | 0x70
  random[2] = ((random[2] ?? 0) & 0x3f) | 0x80
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')
  const all = hex(Date.now(), 12) + Array.from(random, byte => hex(byte, 2)).join('')
  return all.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
