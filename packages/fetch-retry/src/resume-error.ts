/**
 * A download broke off and what the server offers next is not its rest; `cause` is what broke it.
 *
 * What was delivered before is right, and incomplete.
 */
export class ResumeError extends Error {
  override readonly name = 'ResumeError'
  readonly code = 'FETCH_RESUME_ERROR'
}

/** Tells whether a value is a {@link ResumeError}, also when it comes from another copy of this package or another realm. */
export function isResumeError(value: unknown): value is ResumeError {
  return (Object(value) as Partial<ResumeError>).code === 'FETCH_RESUME_ERROR'
}
