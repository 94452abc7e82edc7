import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BackoffOptions, calculateBackoff, calculateBackoffForError } from './index.ts'

const numRuns = process.env.SEARCH ? 50_000 : 500

const options: fc.Arbitrary<BackoffOptions> = fc.record({
  baseDelayMs: fc.oneof(fc.nat(10_000), fc.double({ min: 0, max: 1e308, noNaN: true }), fc.constant(Infinity)),
  maxDelayMs: fc.oneof(fc.nat(100_000), fc.constant(Infinity)),
  factor: fc.double({ min: 1, max: 1e6, noNaN: true }),
  backoff: fc.constantFrom('exponential', 'linear', 'constant'),
  jitter: fc.constantFrom('full', 'equal', 'decorrelated', 'none'),
})

describe('any backoff', () => {
  it('is finite, not negative and within the cap, also at attempt 5000', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), options, (attempt, given) => {
        const ms = calculateBackoff(attempt, given)
        expect(Number.isFinite(ms)).toBe(true)
        expect(ms).toBeGreaterThanOrEqual(0)
        expect(ms).toBeLessThanOrEqual(given.maxDelayMs ?? 0)
      }),
      { numRuns },
    )
  })

  it('keeps its spread at the cap', () => {
    fc.assert(
      fc.property(fc.constantFrom('full', 'equal', 'decorrelated'), fc.integer({ min: 8, max: 5000 }), (jitter, n) => {
        const draws = Array.from({ length: 50 }, () => calculateBackoff(n, { jitter, maxDelayMs: 1000 }))
        expect(new Set(draws).size).toBeGreaterThan(40)
      }),
      { numRuns: numRuns / 10 },
    )
  })

  it('never undercuts a hint', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), options, fc.nat(2 ** 31), (attempt, given, retryAfterMs) => {
        expect(calculateBackoffForError(attempt, { retryAfterMs }, given)).toBeGreaterThanOrEqual(retryAfterMs)
      }),
      { numRuns },
    )
  })
})
