import { describe, expect, it } from 'vitest'
import { type BackoffOptions, calculateBackoff, calculateBackoffForError } from './index.ts'

const delays = (options: BackoffOptions) => [1, 2, 3, 4].map(attempt => calculateBackoff(attempt, options))

describe('calculateBackoff', () => {
  it.each<[string, BackoffOptions, number[]]>([
    ['exponential by default', { jitter: 'none' }, [200, 400, 800, 1600]],
    ['by its factor', { jitter: 'none', factor: 3, baseDelayMs: 10 }, [10, 30, 90, 270]],
    ['linear', { jitter: 'none', backoff: 'linear', baseDelayMs: 10 }, [10, 20, 30, 40]],
    ['constant', { jitter: 'none', backoff: 'constant', baseDelayMs: 10 }, [10, 10, 10, 10]],
    ['within its cap', { jitter: 'none', maxDelayMs: 500 }, [200, 400, 500, 500]],
    ['full jitter by default', { random: () => 0.25 }, [50, 100, 200, 400]],
    ['equal jitter', { jitter: 'equal', random: () => 0.5 }, [150, 300, 600, 1200]],
    ['decorrelated jitter', { jitter: 'decorrelated', random: () => 0.5 }, [400, 1000, 2800, 8200]],
    ['of a base of 0', { baseDelayMs: 0 }, [0, 0, 0, 0]],
  ])('is %s', (_, options, expected) => {
    expect(delays(options)).toEqual(expected)
  })

  it.each([0, -1, 1.5, Number.NaN, Infinity])('refuses attempt %d', attempt => {
    expect(() => calculateBackoff(attempt)).toThrow('`attempt` must be an integer >= 1')
  })

  it('keeps to the range whatever random gives', () => {
    for (const bad of [-1, 2, Number.NaN, Infinity]) {
      const ms = calculateBackoff(1, { random: () => bad })
      expect(ms >= 0 && ms <= 200).toBe(true)
    }
  })
})

describe('calculateBackoffForError', () => {
  it('is the own delay without a hint, and when that is later', () => {
    expect(calculateBackoffForError(2, new Error('x'), { jitter: 'none' })).toBe(400)
    expect(calculateBackoffForError(2, { retryAfterMs: 5 }, { jitter: 'none' })).toBe(400)
  })

  it('spreads clients with the same hint upwards only, by a tenth', () => {
    const draws = Array.from({ length: 1000 }, () => calculateBackoffForError(1, { retryAfterMs: 5000 }))

    expect(Math.min(...draws)).toBeGreaterThanOrEqual(5000)
    expect(Math.max(...draws)).toBeLessThanOrEqual(5500)
    expect(new Set(draws).size).toBeGreaterThan(900)
  })
})
