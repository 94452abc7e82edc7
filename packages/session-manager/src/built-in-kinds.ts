/** What the constructor of each makes it of: the kinds of value that a message may hold besides plain data. */
const ARGUMENTS: { readonly [kind: string]: (value: never) => readonly unknown[] } = {
  __proto__: null as never,
  Date: (value: Date) => [value.getTime()],
  RegExp: (value: RegExp) => [value.source, value.flags],
  Map: (value: Map<unknown, unknown>) => [[...value]],
  Set: (value: Set<unknown>) => [[...value]],
}

/** Made of an `ArrayBuffer`, which is made of nothing else. */
const VIEW = /^(DataView|Uint8ClampedArray|(Big)?(Ui|I)nt(8|16|32|64)Array|Float(32|64)Array)$/

/** Of a built-in class, its name, also in another realm; neither of its subclasses nor of a namesake. */
export function kindOf(value: object): string {
  const tag = Object.prototype.toString.call(value).slice(8, -1)
  return tag === value.constructor?.name ? tag : ''
}

/** What `construct` makes the value of; `undefined` where it is of no such kind. */
export function argumentsOf(value: object): readonly unknown[] | undefined {
  const kind = kindOf(value)
  return VIEW.test(kind) ? [bytesOf(value as ArrayBufferView).buffer] : ARGUMENTS[kind]?.(value as never)
}

export function construct(kind: string, args: readonly unknown[]): unknown {
  const isKnown = VIEW.test(kind) ? args[0] instanceof ArrayBuffer : kind in ARGUMENTS
  if (!isKnown) throw new TypeError(`there are no values of the kind ${kind}`)
  return Reflect.construct(Reflect.get(globalThis, kind), args)
}

/** A copy of what is seen through a view. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength).slice()
}
