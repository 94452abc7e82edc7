import { circuitBreaker, retryBudget } from '@x/retry'
import type { CreateFetchOptions } from './options.ts'

/** A breaker and a budget for each origin. */
export type Origins = Map<string, CreateFetchOptions>

/** Of the functions that are called on their own; a `fetch` that was created has its own. */
export const SHARED_ORIGINS: Origins = new Map()

/** The options with the breaker and the budget of the request's origin, where none are given. */
export function ofOrigin(origins: Origins, url: string, options: CreateFetchOptions): CreateFetchOptions {
  // A `Location` stands for its text.
  const { origin } = new URL(url, globalThis.location as unknown as URL)
  const own = origins.get(origin) ?? { breaker: circuitBreaker(options), budget: retryBudget() }
  // A crawler meets more origins than a breaker can know anything of.
  if (origins.size > 1000) origins.clear()
  origins.set(origin, own)
  return { ...own, ...options }
}
