import { describe, expect, it } from 'vitest'
import { delayFromError, parseRetryAfter } from './index.ts'

const now = Date.UTC(2026, 10, 24, 12, 0, 0)

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 5 ', 5000],
    ['1.5', 1500],
    ['9000000000', 9e12],
    ['5, 10', 10_000],
    ['', undefined],
    ['-5', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['9e9', undefined],
    ['soon', undefined],
    ['5, soon', undefined],
    ['Tue, 24 Nov 2026 12:00:07 GMT', 7000],
    ['Tuesday, 24-Nov-26 12:00:07 GMT', 7000],
    ['Tue Nov 24 12:00:07 2026', 7000],
    ['Tue, 24 Nov 2026 12:00:07 GMT, 3', 7000],
    ['Tue, 24 Nov 2026 12:00:60 GMT', 60_000],
    ['Sun Nov  1 12:00:07 2026', 0],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
    ['2026-11-24T12:00:07Z', undefined],
    ['Tue, 24 Nov 2026 12:00:07 CET', undefined],
    ['Tue, 24 Foo 2026 12:00:07 GMT', undefined],
    ['Tue, 24 Nov 2026 25:00:07 GMT', undefined],
  ])('%j is %j', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected)
  })
})

describe('delayFromError', () => {
  const date = new Date(now).toUTCString()
  const getter = (name: string) => (name === 'retry-after' ? '7' : null)
  const throws = () => {
    throw new Error('no')
  }
  const foreign = {
    get: getter,
    *[Symbol.iterator]() {
      yield ['retry-after', '7']
    },
  }

  it.each([
    ['its own field', { retryAfterMs: 7 }, 7],
    ['Headers', { headers: new Headers({ 'Retry-After': '7' }) }, 7000],
    ['the headers of a response', { response: { headers: new Headers({ 'Retry-After': '7' }) } }, 7000],
    ['plain headers of any case', { response: { headers: { 'Retry-After': '7' } } }, 7000],
    ['retry-after-ms before Retry-After', { headers: { 'retry-after-ms': '70', 'retry-after': '7' } }, 70],
    ['junk in retry-after-ms', { headers: { 'retry-after-ms': 'x', 'retry-after': '7' } }, 7000],
    ['hexadecimal in retry-after-ms', { headers: { 'retry-after-ms': '0x10', 'retry-after': '7' } }, 7000],
    ['a cause', new Error('wrapped', { cause: { retryAfterMs: 7 } }), 7],
    [
      'a date, by the date of the response',
      { headers: new Headers({ date, 'retry-after': 'Tue, 24 Nov 2026 12:00:07 GMT' }) },
      7000,
    ],
    ['headers of another library, which only have get', { headers: { get: getter } }, 7000],
    ['headers of another library by number', { headers: { get: () => 7 } }, 7],
    ['headers of another library whose get throws', { headers: { get: throws } }, undefined],
    ['a Map', { headers: new Map([['Retry-After', '7']]) }, 7000],
    ['Headers of another realm', { response: { headers: foreign } }, 7000],
    ['a proxy that throws', new Proxy({}, { get: throws }), undefined],
    ['nothing', new Error('x'), undefined],
    ['headers that are none', { headers: 5 }, undefined],
    ['headers of node:http', { headers: { 'set-cookie': ['a', 'b'], 'retry-after': '7' } }, 7000],
    ['headers that are not well-formed', { headers: { 'no header': '1' } }, undefined],
    ['a negative field', { retryAfterMs: -7 }, undefined],
    ['NaN', { retryAfterMs: Number.NaN }, undefined],
    ['undefined', undefined, undefined],
  ])('reads %s', (_, error, expected) => {
    expect(delayFromError(error)).toBe(expected)
  })

  it('without a date of the response goes by the wall clock', () => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString()
    const ms = delayFromError({ headers: { 'retry-after': inAMinute } })

    expect(ms).toBeGreaterThan(58_000)
    expect(ms).toBeLessThanOrEqual(60_000)
  })
})
