import { describe, expect, it } from 'vitest'
import { createFetch, type FetchRetryOptions } from './index.ts'

const refusal = (options: unknown) => {
  try {
    createFetch(options as FetchRetryOptions)
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`
  }
  return 'accepted'
}

describe('createFetch', () => {
  it('refuses what it cannot use, and says what came', () => {
    expect(refusal({ bodyTimeoutMs: -5 })).toBe('RangeError: `bodyTimeoutMs` must be a number >= 0, got -5')
    expect(refusal({ bodyTimeoutMs: Number.NaN })).toMatch(/^RangeError: `bodyTimeoutMs`.*got NaN$/)
    expect(refusal({ bodyTimeoutMs: '5' })).toMatch(/^TypeError: `bodyTimeoutMs`.*got 5$/)
    expect(refusal({ bodyTimeoutMs: [] })).toMatch(/^TypeError: `bodyTimeoutMs` must be a number >= 0/)
    expect(refusal({ bufferBody: -1 })).toMatch(/^RangeError: `bufferBody` must be a number >= 0, got -1$/)
    expect(refusal({ methods: 'POST' })).toBe('TypeError: `methods` must be an array of strings, got POST')
    expect(refusal({ retryOnStatus: ['503'] })).toBe(
      'TypeError: `retryOnStatus` must be an array of numbers >= 400, got 503',
    )
    expect(refusal({ retryOnStatus: [202] })).toMatch(/^TypeError: `retryOnStatus`.*>= 400, got 202$/)
    expect(refusal({ idempotencyKey: true })).toMatch(/^TypeError: `idempotencyKey`/)
    expect(refusal({ body: 'x' })).toBe('TypeError: `body` must be a function, got x')
    expect(refusal({ fetch: 'x' })).toBe('TypeError: `fetch` must be a function, got x')
  })

  it('refuses what @x/retry refuses', () => {
    expect(refusal({ maxRetries: -1 })).toMatch(/^RangeError: `maxRetries`/)
    expect(refusal({ timeoutMs: Number.NaN })).toMatch(/^RangeError: `timeoutMs`/)
    expect(refusal({ jitter: 'some' })).toMatch(/^RangeError: `jitter`/)
    expect(refusal({ shouldRetry: 1 })).toMatch(/^TypeError: `shouldRetry`/)
  })

  it('takes undefined for not given', () => {
    expect(refusal({ bodyTimeoutMs: undefined, methods: undefined, fetch: undefined })).toBe('accepted')
  })
})
