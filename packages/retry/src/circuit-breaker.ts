import type { ErrorClass } from './classify-error.ts'
import type { Policy } from './policy.ts'

/** Stops calls to a service that fails, and finds out when it is back. Shared by all callers of the service. */
export interface CircuitBreaker extends Policy {
  readonly state: 'closed' | 'open' | 'half-open'
  /**
   * Lets one call through and gives its permit, which goes back through {@link CircuitBreaker.leave}, exactly once.
   *
   * @throws CircuitOpenError when it lets nothing through.
   */
  enter(): number
  /** Tells how the call of a permit ended: the class of its error, or nothing when it succeeded. */
  leave(permit: number, errorClass?: ErrorClass): void
}
