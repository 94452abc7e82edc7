/**
 * A UUID of version 7 (RFC 9562, section 5.7): ids made later sort later.
 * `crypto.getRandomValues` is there on plain-http pages too, `randomUUID` is not.
 */
export function uniqueId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  let now = Date.now()
  for (let index = 5; index >= 0; index--) {
    bytes[index] = now % 256
    now = Math.floor(now / 256)
  }
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
