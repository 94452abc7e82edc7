import { ValidationError } from './errors.ts'

/** JSON with a tag, `{"$": kind, "v": value}`, for what JSON cannot say; an object that has a key `$` is tagged too. */
type Tagged = { readonly $: string; readonly v: unknown }

/** Names of the views on binary data. */
export const VIEW: RegExp = /^(DataView|Uint8ClampedArray|(Big)?(Ui|I)nt(8|16|32|64)Array|Float(32|64)Array)$/

/**
 * Text that `decodeTagged` makes the same value of: dates, maps, sets, big
 * integers, binary data and every string and number included.
 *
 * @throws {@link ValidationError} for a `Blob` that is not in `blobs`: reading one takes time.
 */
export function encodeTagged(value: unknown, name: string, blobs?: ReadonlyMap<Blob, string>): string {
  return JSON.stringify(toTagged(value, name, blobs))
}

/** The bytes of all blobs in a value, for `encodeTagged`. */
export async function readBlobs(value: unknown): Promise<Map<Blob, string>> {
  const found = new Map<Blob, string>()
  for (const blob of blobsIn(value)) found.set(blob, toBase64(new Uint8Array(await blob.arrayBuffer())))
  return found
}

function* blobsIn(value: unknown): Generator<Blob> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  if (value instanceof Blob) return yield value
  const children = value instanceof Map || value instanceof Set ? value.entries() : Object.values(value)
  for (const child of children) yield* blobsIn(child)
}

export function decodeTagged(text: string): unknown {
  return fromTagged(JSON.parse(text))
}

function toTagged(value: unknown, path: string, blobs: ReadonlyMap<Blob, string> | undefined): unknown {
  if (value === undefined) return tag('undefined', 0)
  if (typeof value === 'bigint') return tag('bigint', String(value))
  if (typeof value === 'number') {
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : tag('number', Object.is(value, -0) ? '-0' : String(value))
  }
  if (typeof value === 'function' || typeof value === 'symbol') throw new ValidationError(path, `is a ${typeof value}`)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item, index) => toTagged(item, `${path}[${index}]`, blobs))
  if (value instanceof Date) return tag('Date', Number.isNaN(value.getTime()) ? null : value.getTime())
  if (value instanceof RegExp) return tag('RegExp', [value.source, value.flags])
  if (value instanceof Map) return tag('Map', toTagged([...value], path, blobs))
  if (value instanceof Set) return tag('Set', toTagged([...value], path, blobs))
  if (value instanceof ArrayBuffer) return tag('ArrayBuffer', toBase64(new Uint8Array(value)))
  if (ArrayBuffer.isView(value)) {
    return tag(value.constructor.name, toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)))
  }
  if (value instanceof Blob) {
    const bytes = blobs?.get(value)
    if (bytes === undefined) throw new ValidationError(path, 'is a Blob, which this store cannot keep')
    return tag('Blob', [value.type, bytes, ...(value instanceof File ? [value.name, value.lastModified] : [])])
  }
  const entries = Object.entries(value).map(([key, item]) => [key, toTagged(item, `${path}.${key}`, blobs)])
  return Object.hasOwn(value, '$') ? tag('Object', entries) : Object.fromEntries(entries)
}

function fromTagged(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(fromTagged)
  if (Object.hasOwn(value, '$')) return untag(value as Tagged)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromTagged(item)]))
}

function untag({ $, v }: Tagged): unknown {
  switch ($) {
    case 'undefined':
      return undefined
    case 'bigint':
      return BigInt(v as string)
    case 'number':
      return Number(v)
    case 'Date':
      return new Date((v as number | null) ?? Number.NaN)
    case 'RegExp':
      return new RegExp(...(v as [string, string]))
    case 'Map':
      return new Map(fromTagged(v) as [unknown, unknown][])
    case 'Set':
      return new Set(fromTagged(v) as unknown[])
    case 'Object':
      return Object.fromEntries((v as [string, unknown][]).map(([key, item]) => [key, fromTagged(item)]))
    case 'ArrayBuffer':
      return fromBase64(v as string).buffer
    case 'Blob': {
      const [type, bytes, name, lastModified] = v as [string, string, string?, number?]
      const parts = [fromBase64(bytes)]
      return name === undefined
        ? new Blob(parts, { type })
        : new File(parts, name, { type, lastModified } as FilePropertyBag)
    }
    default:
      if (!VIEW.test($)) throw new ValidationError('data', `has values of an unknown kind: ${$}`)
      return Reflect.construct(Reflect.get(globalThis, $), [fromBase64(v as string).buffer])
  }
}

function tag($: string, v: unknown): Tagged {
  return { $, v }
}

function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), char => char.charCodeAt(0))
}
