import { classifyError as classify, type ErrorClass } from '../classify-error.ts'

/** The seven classes of the older code. */
export type ErrorTypeName = Exclude<ErrorClass, 'timeout' | 'aborted' | 'programmer'>

/** The classes of the older code, by its names. */
export const ErrorType: {
  readonly TRANSIENT: 'transient'
  readonly RATE_LIMIT: 'rate_limit'
  readonly SERVER_ERROR: 'server_error'
  readonly CLIENT_ERROR: 'client_error'
  readonly AUTHENTICATION: 'auth'
  readonly CIRCUIT_OPEN: 'circuit_open'
  readonly UNKNOWN: 'unknown'
} = /* @__PURE__ */ Object.freeze({
  TRANSIENT: 'transient',
  RATE_LIMIT: 'rate_limit',
  SERVER_ERROR: 'server_error',
  CLIENT_ERROR: 'client_error',
  AUTHENTICATION: 'auth',
  CIRCUIT_OPEN: 'circuit_open',
  UNKNOWN: 'unknown',
})

/**
 * Classifies as the older code did, by the rules of the new: structure first, then statuses and words that stand for
 * themselves in the message. What tells nothing is `transient`; no error at all, an abort and a bug are `unknown`,
 * which is not retried.
 *
 * @example
 * ```ts
 * import { classifyError } from '@x/retry/compat'
 *
 * classifyError(new Error('HTTP 503')) // => 'server_error'
 * classifyError(new Error('took 500ms')) // => 'transient'
 * classifyError(new TypeError('x is not a function')) // => 'unknown'
 * ```
 */
export function classifyError(error: unknown): ErrorTypeName {
  if (!error) return 'unknown'
  const errorClass = classify(error)
  if (errorClass === 'timeout') return 'transient'
  if (errorClass === 'aborted' || errorClass === 'programmer') return 'unknown'
  return errorClass === 'unknown' ? classOfText(String((error as { message?: unknown }).message ?? error)) : errorClass
}

/** Whether the older code retries such an error. */
export function isRetryable(error: unknown): boolean {
  return /^(transient|rate_limit|server_error)$/.test(classifyError(error))
}

function classOfText(message: string): ErrorTypeName {
  if (/\bcircuit\b.*\bopen\b/i.test(message)) return 'circuit_open'
  if (/\bunauthorized\b/i.test(message)) return 'auth'
  if (/\brate limit/i.test(message)) return 'rate_limit'
  const [, status] = /(?:^|\b(?:HTTP|status|error|code)\W{1,3})([45]\d\d)\b(?!\w)/i.exec(message) ?? []
  const errorClass = status === undefined ? 'transient' : classify({ status: Number(status) })
  return errorClass === 'timeout' ? 'transient' : (errorClass as ErrorTypeName)
}
