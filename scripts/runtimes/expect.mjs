// The two assertions that examples are turned into: see `scripts/examples.ts`. In the empty project there is no vitest.
import { deepEqual, equal } from 'node:assert'

export const __expect = actual => ({
  toEqual: expected => deepEqual(actual, expected),
  toBe: expected => equal(actual, expected),
})
