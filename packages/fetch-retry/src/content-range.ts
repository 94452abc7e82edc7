/** The bytes of an entity that a response holds; what it does not say is `undefined`. */
export interface ContentRange {
  readonly start: number
  /** The last byte, inclusive. */
  readonly end: number | undefined
  /** The length of the whole entity. */
  readonly total: number | undefined
}

/** Reads which bytes a 200 or a 206 holds; `undefined` where it cannot be known, or where they are encoded. */
export function readContentRange({ status, headers }: Response): ContentRange | undefined {
  if (headers.has('content-encoding')) return undefined
  if (status === 200) {
    const total = toNumber(headers.get('content-length'))
    return { start: 0, end: total === undefined ? undefined : total - 1, total }
  }
  // RFC 9110 section 14.4
  const [, start, end, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? []
  return status === 206 && start !== undefined
    ? { start: Number(start), end: toNumber(end), total: toNumber(total) }
    : undefined
}

/** The entity tag of a response, unless it is weak: RFC 9110 section 8.8.3. */
export function readStrongTag(headers: Headers): string | undefined {
  return /^"[^"]*"$/.exec(headers.get('etag') ?? '')?.[0]
}

function toNumber(text: string | null | undefined): number | undefined {
  return text && /^\d+$/.test(text) ? Number(text) : undefined
}
