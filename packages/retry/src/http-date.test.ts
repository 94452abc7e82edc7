import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { parseHttpDate } from './index.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 24, 12) })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('parseHttpDate', () => {
  it.each([
    ['the preferred form', 'Sun, 06 Nov 1994 08:49:37 GMT', Date.UTC(1994, 10, 6, 8, 49, 37)],
    ['the form of RFC 850', 'Sunday, 06-Nov-94 08:49:37 GMT', Date.UTC(1994, 10, 6, 8, 49, 37)],
    ["asctime's form", 'Sun Nov  6 08:49:37 1994', Date.UTC(1994, 10, 6, 8, 49, 37)],
    ["asctime's form with two digits for the day", 'Wed Nov 16 08:49:37 1994', Date.UTC(1994, 10, 16, 8, 49, 37)],
    ['a leap second', 'Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2017, 0, 1)],
    ['a leap day', 'Thu, 29 Feb 2024 00:00:00 GMT', Date.UTC(2024, 1, 29)],
    ['a first-century year', 'Sat, 01 Jan 0050 00:00:00 GMT', Date.parse('0050-01-01T00:00:00Z')],
    ['a wrong day of the week', 'Mon, 06 Nov 1994 08:49:37 GMT', Date.UTC(1994, 10, 6, 8, 49, 37)],
  ])('reads %s', (_, text, expected) => {
    expect(parseHttpDate(text)).toBe(expected)
  })

  it.each([
    ['22-Nov-76 12:00:00', Date.UTC(2076, 10, 22, 12)],
    ['26-Nov-76 12:00:00', Date.UTC(1976, 10, 26, 12)],
    ['01-Jan-77 00:00:00', Date.UTC(1977, 0, 1)],
    ['31-Dec-99 00:00:00', Date.UTC(1999, 11, 31)],
    ['29-Feb-00 00:00:00', Date.UTC(2000, 1, 29)],
    ['24-Nov-27 12:00:00', Date.UTC(2027, 10, 24, 12)],
  ])('takes %s for the latest such date that is not more than 50 years ahead', (text, expected) => {
    expect(parseHttpDate(`Friday, ${text} GMT`)).toBe(expected)
  })

  it('takes two digits for the next century towards the end of one', () => {
    vi.setSystemTime(Date.UTC(2099, 0, 1))

    expect(parseHttpDate('Friday, 24-Nov-05 12:00:00 GMT')).toBe(Date.UTC(2105, 10, 24, 12))
    expect(parseHttpDate('Friday, 24-Nov-98 12:00:00 GMT')).toBe(Date.UTC(2098, 10, 24, 12))
  })

  it.each([
    '',
    '-5',
    '1.5',
    '2026',
    '2026-11-24T12:00:07Z',
    'Tue, 24 Nov 2026 12:00:07',
    'Tue, 24 Nov 2026 12:00:07 UTC',
    'Tue, 24 Nov 2026 12:00:07 +0000',
    ' Tue, 24 Nov 2026 12:00:07 GMT',
    'Tue, 24 Nov 2026 12:00:07 GMT\n',
    'tue, 24 Nov 2026 12:00:07 GMT',
    'Tue, 24 nov 2026 12:00:07 GMT',
    'Tue, 24 anF 2026 12:00:07 GMT',
    'Tue, 24 November 2026 12:00:07 GMT',
    'Die, 24 Nov 2026 12:00:07 GMT',
    'Tuesday, 24 Nov 2026 12:00:07 GMT',
    'Tue, 24-Nov-26 12:00:07 GMT',
    'Tuesday, 24-Nov-2026 12:00:07 GMT',
    'Tue, 4 Nov 2026 12:00:07 GMT',
    'Tue,  4 Nov 2026 12:00:07 GMT',
    'Tue Nov 4 12:00:07 2026',
    'Tue Nov 24 12:00:07 2026 GMT',
    'Tue, 00 Nov 2026 12:00:07 GMT',
    'Tue, 31 Nov 2026 12:00:07 GMT',
    'Sun, 29 Feb 2026 12:00:07 GMT',
    'Tue, 24 Nov 2026 24:00:00 GMT',
    'Tue, 24 Nov 2026 12:60:00 GMT',
    'Tue, 24 Nov 2026 12:00:61 GMT',
    'Tue, 24 Nov 2026 2:00:00 GMT',
    'Tue, 24 Nov 2026 12:00 GMT',
  ])('knows no other form, as %j', text => {
    expect(parseHttpDate(text)).toBeUndefined()
  })
})
