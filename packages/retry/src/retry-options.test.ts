import { describe, expect, it, vi } from 'vitest'
import { createRetry, retry, retryPolicy, withRetry } from './index.ts'

const bad: readonly [string, unknown, string][] = [
  ['maxRetries', -1, '`maxRetries` must be an integer >= 0, got -1'],
  ['maxRetries', 1.5, '`maxRetries` must be an integer >= 0, got 1.5'],
  ['maxRetries', Number.NaN, '`maxRetries` must be an integer >= 0, got NaN'],
  ['maxRetries', '3', '`maxRetries` must be an integer >= 0, got "3"'],
  ['baseDelayMs', Number.NaN, '`baseDelayMs` must be a number of milliseconds >= 0, got NaN'],
  ['maxDelayMs', -5, '`maxDelayMs` must be a number of milliseconds >= 0, got -5'],
  ['factor', 0.5, '`factor` must be a number >= 1, got 0.5'],
  ['timeoutMs', -Infinity, '`timeoutMs` must be a number of milliseconds >= 0, got -Infinity'],
  ['deadlineMs', null, '`deadlineMs` must be a number of milliseconds >= 0, got null'],
  ['maxRetryAfterMs', {}, '`maxRetryAfterMs` must be a number of milliseconds >= 0, got an object'],
  ['backoff', 'fibonacci', '`backoff` must be exponential, linear, constant or a function, got "fibonacci"'],
  ['jitter', true, '`jitter` must be full, equal, decorrelated or none, got true'],
  ['signal', {}, '`signal` must be an AbortSignal, got an object'],
  ['onRetry', 1, '`onRetry` must be a function, got 1'],
  ['budget', true, '`budget` must be an object, got true'],
  ['breaker', 1, '`breaker` must be an object, got 1'],
  ['random', 0.5, '`random` must be a function, got 0.5'],
]

/** What is of the right type and out of range is a RangeError. */
describe('a bad option', () => {
  it.each(bad)('%s: %j', async (name, value, message) => {
    const fn = vi.fn()
    const options = { [name]: value }
    const isOfType = typeof value === 'number' ? / a number| an integer/.test(message) : value === 'fibonacci'
    const expected = isOfType ? RangeError : TypeError

    for (const call of [retry, withRetry]) {
      const error = await call(fn, options).catch(error => error)
      expect(error).toBeInstanceOf(expected)
      expect(error.message).toBe(message)
    }
    expect(fn).not.toHaveBeenCalled()
  })

  it.each([null, 0, ''])(
    '%j instead of options is refused by name, and not what the function throws',
    async options => {
      const fn = vi.fn(() => Promise.reject(new Error('down')))
      const message = `\`options\` must be an object, got ${typeof options === 'string' ? `"${options}"` : options}`

      for (const call of [retry, withRetry])
        await expect(call(fn, options as never)).rejects.toThrow(new TypeError(message))
      for (const make of [createRetry, retryPolicy])
        expect(() => make(options as never)).toThrow(new TypeError(message))
      expect(fn).not.toHaveBeenCalled()
    },
  )

  it('undefined is an option that was not given', async () => {
    const options = Object.fromEntries(bad.map(([name]) => [name, undefined]))
    expect(await retry(() => 'done', options)).toBe('done')
  })
})
