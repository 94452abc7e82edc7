import type { VirtualTime } from './virtual-time.ts'

/** Where a client lives: its time, its chance, and the server. */
export interface World {
  readonly time: VirtualTime
  readonly random: () => number
  /** One call to the server, which lasts until the signal is aborted. */
  send(signal?: AbortSignal): Promise<void>
  /** One call that the client gives up when it has lasted for a second. */
  attempt(): Promise<void>
}

/** What a client does about failures. */
export interface OverloadPolicy {
  readonly name: string
  /** Whether the requests of a process know of one another: then it matters how many processes there are. */
  readonly isShared: boolean
  /** One process; what it returns makes one request and rejects when it gives up. */
  process(world: World): () => Promise<unknown>
}

export class ClientTimeout extends Error {
  override readonly name = 'TimeoutError'
  readonly code = 'ETIMEDOUT'
}

export const whenNoTimeout = (error: unknown): boolean => !(error instanceof ClientTimeout)

export interface RetryRules {
  readonly maxRetries: number
  /** Before the nth retry, from 1. */
  delayMs(retry: number, random: () => number): number
  isRetried(error: unknown): boolean
}

/** Decides with all requests of a process whether there may be one more retry. */
export interface Budget {
  onRequest?(): void
  onSuccess?(): void
  onFailure?(): void
  mayRetry(): boolean
}

/** Retries by these rules and within the budget of its process, when there is one. */
export function retrying(name: string, rules: RetryRules, createBudget?: (world: World) => Budget): OverloadPolicy {
  return {
    name,
    isShared: createBudget !== undefined,
    process(world) {
      const budget = createBudget?.(world)
      return async () => {
        budget?.onRequest?.()
        for (let retry = 1; ; retry++) {
          try {
            await world.attempt()
            budget?.onSuccess?.()
            return
          } catch (error) {
            budget?.onFailure?.()
            if (retry > rules.maxRetries || !rules.isRetried(error) || budget?.mayRetry() === false) throw error
          }
          const delayMs = rules.delayMs(retry, world.random)
          if (delayMs > 0) await new Promise<void>(resolve => world.time.setTimeout(resolve, delayMs))
        }
      }
    },
  }
}
