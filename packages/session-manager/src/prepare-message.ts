import { describe, ID_KIND, isId } from './check-option.ts'
import { ValidationError } from './errors.ts'
import { freezeCopy } from './freeze-copy.ts'
import type { StoredMessage } from './session-store.ts'
import { uniqueId } from './unique-id.ts'
import type { Validate } from './validate-message.ts'

interface Fields {
  readonly id?: unknown
  readonly status?: unknown
}

/**
 * A message as it will be stored: a frozen copy with an id. With an operation
 * id, a message that has none gets the same one each time the operation is repeated.
 * `before` is what it is the next state of: its id and status stay.
 *
 * @throws {@link ValidationError} for what is no plain object, an id that is no string, a status of the caller's own.
 */
export function prepareMessage(
  message: object,
  name: string,
  validate: Validate,
  operationId?: string,
  index: number = 0,
  before?: StoredMessage,
): StoredMessage {
  if (before && message === before) return before
  const { status: givenStatus, ...given }: Fields = prepareObject(message, name)
  const marks = before?.status === undefined ? {} : { status: before.status }
  const { id = before?.id ?? (operationId === undefined ? uniqueId() : `${operationId}:${index}`) } = given
  checkId(id, `${name}.id`)
  if (before && id !== before.id) throw new ValidationError(`${name}.id`, `cannot change from ${before.id}`)
  // One that was cut off is not whole, and never was checked.
  const isWhole = marks.status === undefined || marks.status === 'complete'
  const check = before ? knowingId(validate) : validate
  const copied: Fields = isWhole ? prepareObject(check(given, name), name) : given
  const { status = givenStatus } = copied
  if (status !== undefined && status !== marks.status) {
    throw new ValidationError(`${name}.status`, 'is set by the session alone')
  }
  return freezeCopy({ ...copied, id, ...marks } as StoredMessage, name)
}

/** The id of a message that is there already was accepted with it; a schema that is strict need not know of it. */
function knowingId(validate: Validate): Validate {
  return (message, name) => {
    try {
      return validate(message, name)
    } catch (error) {
      const { id, ...rest } = message as StoredMessage
      try {
        return validate(rest, name)
      } catch (other) {
        throw (error as Partial<ValidationError>).path === `${name}.id` ? other : error
      }
    }
  }
}

export function prepareObject<Value extends object>(value: Value, name: string): Value {
  checkObject(value, name)
  return freezeCopy(value, name)
}

/** @throws {@link ValidationError} that names the place, what is accepted there and what came. */
export function checkData(isRight: boolean, value: unknown, name: string, accepted: string): void {
  if (!isRight) throw new ValidationError(name, `must be ${accepted}, got ${describe(value)}`)
}

export function checkObject(value: unknown, name: string): void {
  checkData(isObject(value), value, name, 'a plain object')
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]'
}

export function checkArray(value: unknown, name: string): void {
  checkData(Array.isArray(value), value, name, 'an array')
}

export function checkId(id: unknown, name: string): asserts id is string {
  checkData(isId(id), id, name, ID_KIND)
}

export function checkTitle(title: unknown, name: string = 'title'): asserts title is string {
  checkData(typeof title === 'string', title, name, 'a string')
}
