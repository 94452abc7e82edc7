/**
 * @throws TypeError that names the option, what is accepted and what came; RangeError when that is of the right `type`.
 */
export function checkOption(isRight: unknown, name: string, value: unknown, accepted: string, type?: string): void {
  if (isRight) return
  const error = typeof value === type ? RangeError : TypeError
  throw new error(`\`${name}\` must be ${accepted}, got ${describe(value)}`)
}

export function checkOptions(options: unknown): void {
  checkOption(typeof options === 'object' && options, 'options', options, 'an object')
}

/** What was given as options; nothing is the defaults of all. */
export function optionsOf<Options extends object>(options: Options | undefined): Partial<Options> {
  if (options !== undefined) checkOptions(options)
  return options ?? {}
}

export function checkString(name: string, value: unknown): void {
  checkOption(typeof value === 'string', name, value, 'a string')
}

export function checkSignal(signal: unknown): void {
  checkMethods('signal', signal, ['addEventListener'])
}

/** An option that may be absent, by the methods that are called on it. */
export function checkMethods(name: string, value: unknown, methods: readonly string[]): void {
  const isRight = methods.every(method => typeof (value as Record<string, unknown> | null)?.[method] === 'function')
  checkOption(value === undefined || isRight, name, value, `an object with the methods ${methods.join(', ')}`)
}

/** An option that may be absent. */
export function checkFunction(name: string, value: unknown): void {
  if (value !== undefined) checkCallable(name, value)
}

export function checkCallable(name: string, value: unknown): void {
  checkOption(typeof value === 'function', name, value, 'a function')
}

export function checkOneOf(name: string, value: unknown, allowed: readonly string[]): void {
  const list = allowed.map(each => `'${each}'`).join(', ')
  checkOption(allowed.includes(value as string), name, value, `one of ${list}`, 'string')
}

export function checkOperationId(id: unknown): void {
  checkOption(id === undefined || isId(id), 'operationId', id, ID_KIND, 'string')
}

export const ID_KIND = 'a well-formed string that is not empty'

/** Half a character is no id: databases and lock managers take all halves for the same one. */
export function isId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && !/\p{Surrogate}/u.test(id)
}

/** What came, in few words. */
export function describe(value: unknown): string {
  if (value === '') return "''"
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  const kind = value.constructor?.name ?? 'Object'
  return kind === 'Object' ? 'an object' : `an object of the kind ${kind}`
}
