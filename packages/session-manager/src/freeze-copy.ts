import { argumentsOf, bytesOf, construct, kindOf } from './built-in-kinds.ts'
import { ValidationError } from './errors.ts'

/** Values that hold nothing but deep-frozen plain data: they can be shared instead of copied. */
const shareable = new WeakSet<object>()

/** What walks through values calls itself for each level. */
const MAX_DEPTH = 1000

/**
 * A deep copy whose objects and arrays are frozen; the input is left as it is.
 * Dates, regular expressions, maps, sets, buffers and typed arrays are copied,
 * a `Blob` is immutable and kept. What this made once is returned as it is.
 *
 * @throws {@link ValidationError} naming the path of what no store could keep: functions, symbols, instances
 * of classes, errors, cycles, holes in arrays, more than 1000 levels.
 */
export function freezeCopy<Value>(value: Value, name: string): Value {
  return new Copier(name).copy(value) as Value
}

class Copier {
  readonly #path: string[]
  readonly #parents: object[] = []

  constructor(name: string) {
    this.#path = [name]
  }

  copy(value: unknown): unknown {
    if (typeof value === 'function' || typeof value === 'symbol') return this.#refuse(`is a ${typeof value}`)
    if (typeof value !== 'object' || value === null || shareable.has(value)) return value
    if (this.#parents.includes(value)) return this.#refuse('contains itself')
    if (this.#parents.length === MAX_DEPTH) return this.#refuse(`is more than ${MAX_DEPTH} levels deep`)
    this.#parents.push(value)
    const copied = Array.isArray(value) ? this.#array(value) : isPlain(value) ? this.#object(value) : this.#other(value)
    this.#parents.pop()
    return copied
  }

  #array(value: readonly unknown[]): unknown {
    if (Reflect.ownKeys(value).length > value.length + 1) return this.#refuse('has keys that are no indexes')
    const copied: unknown[] = []
    for (let index = 0; index < value.length; index++) {
      if (!(index in value)) return this.#refuse(`has a hole at ${index}`)
      copied.push(this.#child(`[${index}]`, value[index]))
    }
    return freeze(copied, copied)
  }

  #object(value: object): unknown {
    const entries = Object.entries(value)
    if (Reflect.ownKeys(value).length > entries.length) return this.#refuse('has a hidden key, or a symbol as a key')
    for (const entry of entries) entry[1] = this.#child(`.${entry[0]}`, entry[1])
    // `fromEntries` defines: a key named `__proto__` stays a key.
    const copied = Object.fromEntries(entries)
    return freeze(copied, Object.values(copied))
  }

  #other(value: object): unknown {
    const args = argumentsOf(value)
    const kind = kindOf(value)
    if (args) {
      return construct(
        kind,
        args.map(each => this.copy(each)),
      )
    }
    if (kind === 'ArrayBuffer') return bytesOf(new Uint8Array(value as ArrayBuffer)).buffer
    if ((kind === 'Blob' || kind === 'File') && value instanceof Blob) return value
    return this.#refuse(`is of the kind ${value.constructor?.name}, which cannot be stored`)
  }

  #child(step: string, value: unknown): unknown {
    this.#path.push(step)
    const copied = this.copy(value)
    this.#path.pop()
    return copied
  }

  #refuse(message: string): never {
    throw new ValidationError(this.#path.join(''), message)
  }
}

function freeze(copied: object, children: readonly unknown[]): object {
  if (children.every(child => typeof child !== 'object' || child === null || shareable.has(child)))
    shareable.add(copied)
  return Object.freeze(copied)
}

/** An object literal, also one of another realm. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
