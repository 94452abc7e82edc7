import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseHttpDate } from './index.ts'

const LONG_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

const seconds = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map(at => new Date(Math.floor(at.getTime() / 1000) * 1000))
const numRuns = process.env.SEARCH ? 100_000 : 1000

/** In the form of RFC 850 and in that of asctime. */
function otherForms(at: Date): [string, string] {
  const [day = '', dayOfMonth = '', month = '', year = '', time = ''] = at.toUTCString().split(/,? /)
  const short = String(at.getUTCDate()).padStart(2)
  return [
    `${LONG_DAYS[at.getUTCDay()]}, ${dayOfMonth}-${month}-${year.slice(-2)} ${time} GMT`,
    `${day} ${month} ${short} ${time} ${year}`,
  ]
}

describe('any date', () => {
  it('is read in the preferred form and in that of asctime', () => {
    fc.assert(
      fc.property(seconds, at => {
        expect(parseHttpDate(at.toUTCString())).toBe(at.getTime())
        expect(parseHttpDate(otherForms(at)[1])).toBe(at.getTime())
      }),
      { numRuns },
    )
  })

  it('of the last 49 and the next 49 years is read with two digits for the year', () => {
    const range = 49 * 365 * 24 * 3600
    const now = Math.floor(Date.now() / 1000)
    fc.assert(
      fc.property(fc.integer({ min: -range, max: range }), shift => {
        const at = new Date((now + shift) * 1000)
        expect(parseHttpDate(otherForms(at)[0])).toBe(at.getTime())
      }),
      { numRuns },
    )
  })

  it('with one character changed is no date, or one that reads as it is written', () => {
    const characters = ' ,:-0123456789aGJMT'
    fc.assert(
      fc.property(seconds, fc.nat(28), fc.nat(characters.length - 1), (at, place, index) => {
        const text = at.toUTCString()
        const changed = text.slice(0, place) + characters.charAt(index) + text.slice(place + 1)
        const ms = parseHttpDate(changed)
        if (ms === undefined || changed.includes(':60 ')) return
        expect(new Date(ms).toUTCString().slice(5)).toBe(changed.slice(5))
      }),
      { numRuns },
    )
  })
})
