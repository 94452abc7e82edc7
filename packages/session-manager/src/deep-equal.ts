import { argumentsOf, kindOf } from './built-in-kinds.ts'

/** Whether two stored values hold the same; a `Blob` is equal only to itself. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (kindOf(a) !== kindOf(b) || a instanceof Blob) return false
  const [these, those] = [itemsOf(a), itemsOf(b)]
  if (!these || !those) return haveSameKeys(a, b)
  if (these.length !== those.length) return false
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

function itemsOf(value: object): ArrayLike<unknown> | undefined {
  if (Array.isArray(value)) return value
  return value instanceof ArrayBuffer ? new Uint8Array(value) : argumentsOf(value)
}
