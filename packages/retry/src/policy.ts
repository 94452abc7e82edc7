/** What may be put around a call: it makes the call once, several times, or not at all. */
export interface Policy {
  execute<T>(fn: PolicyFunction<T>, options?: PolicyExecuteOptions): Promise<T>
}

/** The call. Its signal is aborted when the caller aborts or the policy has no more use for it. */
export type PolicyFunction<T> = (context: PolicyContext) => T | PromiseLike<T>

/** What a policy gives to the call it makes. */
export interface PolicyContext {
  readonly signal: AbortSignal
}

/** What one execution may be given. */
export interface PolicyExecuteOptions {
  /** Aborting it rejects at once with `signal.reason`. */
  readonly signal?: AbortSignal | undefined
}
