import type { ErrorClass } from './classify-error.ts'

/** Bounds the retries of any number of callers together, as a share of what succeeds. */
export interface RetryBudget {
  /** What is left to spend. */
  readonly tokens: number
  /** Pays for one retry after such an error, or says that there is not enough. */
  tryWithdraw(errorClass: ErrorClass): boolean
  /** Tells of a call that succeeded. */
  deposit(): void
}
