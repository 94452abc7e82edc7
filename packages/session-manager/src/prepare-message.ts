import { describe, ID_KIND, isId } from './check-option.ts'
import { ValidationError } from './errors.ts'
import { freezeCopy } from './freeze-copy.ts'
import type { StoredMessage } from './session-store.ts'
import { uniqueId } from './unique-id.ts'
import type { Validate } from './validate-message.ts'

/**
 * A message as it will be stored: a frozen copy with an id. With an operation
 * id, a message that has none gets the same one each time the operation is repeated.
 *
 * @throws {@link ValidationError} for what is no plain object, an id that is no string, a status of the caller's own.
 */
export function prepareMessage(
  message: object,
  name: string,
  validate: Validate,
  operationId?: string,
  index: number = 0,
): StoredMessage {
  const given: { id?: unknown; status?: unknown } = prepareObject(message, name)
  if (given.status !== undefined) throw new ValidationError(`${name}.status`, 'is set by the session alone')
  const { id = operationId === undefined ? uniqueId() : `${operationId}:${index}` } = given
  checkId(id, `${name}.id`)
  const copied: object = prepareObject(validate(given, name), name)
  return freezeCopy({ ...copied, id } as StoredMessage, name)
}

export function prepareObject<Value extends object>(value: Value, name: string): Value {
  checkObject(value, name)
  return freezeCopy(value, name)
}

export function checkObject(value: unknown, name: string): void {
  const kind = Object.prototype.toString.call(value)
  if (kind !== '[object Object]') throw new ValidationError(name, `must be a plain object, got ${describe(value)}`)
}

export function checkArray(value: unknown, name: string): void {
  if (!Array.isArray(value)) throw new ValidationError(name, `must be an array, got ${describe(value)}`)
}

export function checkId(id: unknown, name: string): asserts id is string {
  if (!isId(id)) throw new ValidationError(name, `must be ${ID_KIND}, got ${describe(id)}`)
}

export function checkTitle(title: unknown, name: string = 'title'): asserts title is string {
  if (typeof title !== 'string') throw new ValidationError(name, `must be a string, got ${describe(title)}`)
}
