import { argumentsOf, construct, kindOf } from './built-in-kinds.ts'
import { ValidationError } from './errors.ts'
import { isObject } from './prepare-message.ts'

/** JSON with a tag, `{"$": kind, "v": value}`, for what JSON cannot say; an object that has a key `$` is tagged too. */
interface Tagged {
  readonly $: string
  readonly v: unknown
}

/**
 * Text that `decodeTagged` makes the same value of: dates, maps, sets, big
 * integers, binary data and every string and number included.
 *
 * @throws {@link ValidationError} for a `Blob`: reading one takes time.
 */
export function encodeTagged(value: unknown, name: string): string {
  return JSON.stringify(toTagged(value, name))
}

/** As `encodeTagged`, with the bytes of all blobs. */
export async function encodeWithBlobs(value: unknown, name: string): Promise<string> {
  const reads: Promise<void>[] = []
  const tagged = toTagged(value, name, reads)
  await Promise.all(reads)
  return JSON.stringify(tagged)
}

export function decodeTagged(text: string): unknown {
  return fromTagged(JSON.parse(text))
}

/** What is still to be read when it returns is put into `reads`. */
function toTagged(value: unknown, path: string, reads?: Promise<void>[]): unknown {
  if (value === undefined) return tag('undefined', 0)
  if (typeof value === 'bigint') return tag('bigint', String(value))
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return tag('number', '-0')
    return Number.isFinite(value) ? value : tag('number', String(value))
  }
  if (typeof value === 'function' || typeof value === 'symbol') throw new ValidationError(path, `is a ${typeof value}`)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item, index) => toTagged(item, `${path}[${index}]`, reads))
  const args = argumentsOf(value)
  if (args) {
    return tag(
      kindOf(value),
      args.map(each => toTagged(each, path, reads)),
    )
  }
  if (value instanceof ArrayBuffer) return tag('ArrayBuffer', toBase64(value))
  if (value instanceof Blob && reads) {
    const parts = [value.type, '', ...(value instanceof File ? [value.name, value.lastModified] : [])]
    const read = async (): Promise<void> => {
      parts[1] = toBase64(await value.arrayBuffer())
    }
    reads.push(read())
    return tag('Blob', parts)
  }
  if (!isObject(value)) throw new ValidationError(path, `is a ${value.constructor?.name}, which this store cannot keep`)
  const entries = Object.entries(value).map(([key, item]) => [key, toTagged(item, `${path}.${key}`, reads)])
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
    case 'Object':
      return Object.fromEntries(fromTagged(v) as [string, unknown][])
    case 'ArrayBuffer':
      return fromBase64(v as string)
    case 'Blob': {
      const [type, bytes, name, lastModified] = v as [string, string, string?, number?]
      const parts = [fromBase64(bytes)]
      return name === undefined
        ? new Blob(parts, { type })
        : new File(parts, name, { type, lastModified } as FilePropertyBag)
    }
    default:
      return construct($, fromTagged(v) as unknown[])
  }
}

function tag($: string, v: unknown): Tagged {
  return { $, v }
}

function toBase64(buffer: ArrayBuffer): string {
  let binary = ''
  for (const byte of new Uint8Array(buffer)) binary += String.fromCharCode(byte)
  return btoa(binary)
}

function fromBase64(text: string): ArrayBuffer {
  return Uint8Array.from(atob(text), char => char.charCodeAt(0)).buffer
}
