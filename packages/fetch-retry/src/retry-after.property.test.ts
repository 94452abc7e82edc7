import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRetryAfter } from './retry-after.ts'

const numRuns = process.env.SEARCH ? 20_000 : 300
const NAMES = ['retry-after-ms', 'retry-after', 'ratelimit', 'ratelimit-reset', 'x-ratelimit-reset', 'date']

const fragment = fc.constantFrom(
  '1',
  '60',
  '-',
  ' ',
  ',',
  ';',
  'r=0',
  't=9',
  '"',
  'Sun, ',
  '06 Nov 1994 ',
  '08:49:37',
  ' GMT',
)
const value = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map(code => String.fromCharCode(code)) }),
  fc.array(fragment, { maxLength: 8 }).map(parts => parts.join('')),
)

describe('readRetryAfter', () => {
  it('gives no wait or one that is no less than 0, whatever the server says', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...NAMES), value), headers => {
        const ms = readRetryAfter(new Headers(headers))

        if (ms !== undefined) expect(ms).toBeGreaterThanOrEqual(0)
      }),
      { numRuns },
    )
  })

  it('reads every date of the next 20 years to the second, in each of its forms', () => {
    const from = Date.UTC(2026, 0, 1)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 * 365 * 86_400 }), seconds => {
        const text = new Date(from + seconds * 1000).toUTCString()
        const [, day, month, year, time] = text.match(/^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/) ?? []
        const forms = [
          text,
          `Sunday, ${day}-${month}-${year?.slice(2)} ${time} GMT`,
          `Sun ${month} ${day?.replace(/^0/, ' ')} ${time} ${year}`,
        ]

        for (const form of forms) {
          const headers = new Headers({ date: new Date(from).toUTCString(), 'retry-after': form })
          expect(readRetryAfter(headers)).toBe(seconds * 1000)
        }
      }),
      { numRuns },
    )
  })
})
