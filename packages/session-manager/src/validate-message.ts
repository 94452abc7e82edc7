import { ValidationError } from './errors.ts'

/** What the Standard Schema specification (https://standardschema.dev, version 1) asks of a validator. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
  }
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] }

/** Makes of a message what the schema makes of it, or throws. */
export type Validate = (message: object, name: string) => object

/**
 * A function that puts messages through `schema`. It has to answer at once:
 * a message is shown as soon as it is written.
 */
export function validator(schema: StandardSchema | undefined): Validate {
  if (!schema) return message => message
  return (message, name) => {
    const result = schema['~standard'].validate(message)
    if (result instanceof Promise) throw new TypeError('`schema` must validate at once, got a promise')
    const issue = result.issues?.[0]
    if (!issue) return (result as { value: object }).value
    const path = (issue.path ?? []).map(step => {
      const key = typeof step === 'object' && step !== null && 'key' in step ? step.key : step
      return typeof key === 'number' ? `[${key}]` : `.${String(key)}`
    })
    throw new ValidationError(name + path.join(''), issue.message)
  }
}
