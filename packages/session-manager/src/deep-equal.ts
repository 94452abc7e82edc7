/** Whether two stored values hold the same; a `Blob` is equal only to itself. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const kind = kindOf(a)
  if (kind !== kindOf(b)) return false
  if (kind === 'Object') return haveSameKeys(a, b)
  const [these, those] = [partsOf(a), partsOf(b)]
  if (!these || !those || these.length !== those.length) return false
  for (let index = 0; index < these.length; index++) if (!deepEqual(these[index], those[index])) return false
  return true
}

function haveSameKeys(a: object, b: object): boolean {
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => Object.hasOwn(b, key) && deepEqual(Reflect.get(a, key), Reflect.get(b, key)))
  )
}

function kindOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}

/** What a value of a built-in kind consists of, in its order. */
function partsOf(value: object): ArrayLike<unknown> | undefined {
  if (Array.isArray(value)) return value
  if (value instanceof Date) return [value.getTime()]
  if (value instanceof RegExp) return [String(value)]
  if (value instanceof Map) return [...value].flat()
  if (value instanceof Set) return [...value]
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined
}
