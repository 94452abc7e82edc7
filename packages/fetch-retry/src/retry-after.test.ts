import { describe, expect, it, vi } from 'vitest'
import { readRetryAfter } from './retry-after.ts'

const SERVER_NOW = 'Sun, 06 Nov 1994 08:49:37 GMT'

function read(headers: Record<string, string>): number | undefined {
  return readRetryAfter(new Headers(headers))
}

describe('readRetryAfter', () => {
  it('reads seconds', () => {
    expect(read({ 'retry-after': '5' })).toBe(5000)
    expect(read({ 'retry-after': ' 5 ' })).toBe(5000)
    expect(read({ 'retry-after': '0' })).toBe(0)
    expect(read({ 'retry-after': '1.5' })).toBe(1500)
    expect(read({ 'retry-after': '9000000000' })).toBe(9e12)
  })

  it('does not take junk for a number or a year', () => {
    expect(read({ 'retry-after': '' })).toBeUndefined()
    expect(read({ 'retry-after': '-5' })).toBeUndefined()
    expect(read({ 'retry-after': '1e3' })).toBeUndefined()
    expect(read({ 'retry-after': '0x10' })).toBeUndefined()
    expect(read({ 'retry-after': '9e9' })).toBeUndefined()
    expect(read({ 'retry-after': 'soon' })).toBeUndefined()
    expect(read({ 'retry-after': '2026-11-24T10:00:00Z' })).toBeUndefined()
  })

  it('reads the three forms of an HTTP-date against the Date of the response', () => {
    expect(read({ date: SERVER_NOW, 'retry-after': 'Sun, 06 Nov 1994 08:49:47 GMT' })).toBe(10_000)
    expect(read({ date: SERVER_NOW, 'retry-after': 'Sunday, 06-Nov-94 08:49:47 GMT' })).toBe(10_000)
    expect(read({ date: SERVER_NOW, 'retry-after': 'Sun Nov  6 08:49:47 1994' })).toBe(10_000)
  })

  it('reads a Date of any form', () => {
    expect(read({ date: 'Sunday, 06-Nov-94 08:49:37 GMT', 'retry-after': 'Sun Nov  6 08:50:37 1994' })).toBe(60_000)
    expect(read({ date: 'Sun Nov  6 08:49:37 1994', 'retry-after': 'Sun, 06 Nov 1994 08:50:37 GMT' })).toBe(60_000)
  })

  it('takes a leap second for the second after it', () => {
    expect(read({ date: 'Sat, 31 Dec 2016 23:59:50 GMT', 'retry-after': 'Sat, 31 Dec 2016 23:59:60 GMT' })).toBe(10_000)
  })

  it('takes a date that has passed for no wait', () => {
    expect(read({ date: SERVER_NOW, 'retry-after': 'Sun, 06 Nov 1994 08:49:00 GMT' })).toBe(0)
  })

  it('is not misled by a client clock that is an hour off', () => {
    vi.useFakeTimers({ now: Date.parse(SERVER_NOW) + 3_600_000 })
    try {
      expect(read({ date: SERVER_NOW, 'retry-after': 'Sun, 06 Nov 1994 08:49:47 GMT' })).toBe(10_000)
      expect(read({ date: SERVER_NOW, 'x-ratelimit-reset': '1' })).toBe(1000)
    } finally {
      vi.useRealTimers()
    }
  })

  it('falls back to the own clock where no Date can be read', () => {
    vi.useFakeTimers({ now: Date.parse(SERVER_NOW) })
    try {
      expect(read({ 'retry-after': 'Sun, 06 Nov 1994 08:49:47 GMT' })).toBe(10_000)
    } finally {
      vi.useRealTimers()
    }
  })

  it('takes the later of two fields joined by a comma', () => {
    const headers = new Headers([
      ['date', SERVER_NOW],
      ['retry-after', '5'],
      ['retry-after', 'Sun, 06 Nov 1994 08:49:47 GMT'],
    ])

    expect(readRetryAfter(headers)).toBe(10_000)
    expect(read({ 'retry-after': '7, 3' })).toBe(7000)
  })

  it('prefers milliseconds to seconds, and goes on where one cannot be read', () => {
    expect(read({ 'retry-after-ms': '120', 'retry-after': '5' })).toBe(120)
    expect(read({ 'retry-after-ms': 'soon', 'retry-after': '5' })).toBe(5000)
    expect(read({ 'retry-after': 'soon', ratelimit: '"d";r=0;t=7' })).toBe(7000)
  })

  it('reads RateLimit where nothing is left', () => {
    expect(read({ ratelimit: '"default";r=0;t=7' })).toBe(7000)
    expect(read({ ratelimit: '"default"; r=0; t=7' })).toBe(7000)
    expect(read({ ratelimit: '"default";t=7;r=0' })).toBe(7000)
    expect(read({ ratelimit: '"default";r=5;t=7' })).toBeUndefined()
    expect(read({ ratelimit: '"default";r=05;t=7' })).toBeUndefined()
    expect(read({ ratelimit: '"default";r=0' })).toBeUndefined()
    expect(read({ ratelimit: '"burst";r=0;t=2, "daily";r=0;t=90, "hourly";r=12;t=3000' })).toBe(90_000)
  })

  it('reads the older reset fields as seconds from now or as an instant', () => {
    expect(read({ 'ratelimit-reset': '3' })).toBe(3000)
    expect(read({ date: 'Tue, 24 Nov 2026 10:00:00 GMT', 'x-ratelimit-reset': '1795514405' })).toBe(5000)
    expect(read({ date: 'Tue, 24 Nov 2026 10:00:00 GMT', 'x-ratelimit-reset': '1795514000' })).toBe(0)
  })

  it('does not wait for a reset while something is left', () => {
    expect(read({ 'x-ratelimit-remaining': '4999', 'x-ratelimit-reset': '3000' })).toBeUndefined()
    expect(read({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3' })).toBe(3000)
  })
})
