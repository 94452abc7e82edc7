const PREFERRED = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/
const RFC_850 = /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d\d)-(\w{3})-(\d\d) (\d\d):(\d\d):(\d\d) GMT$/

const FIFTY_YEARS_MS = 50 * 365.25 * 24 * 3600 * 1000

/**
 * Reads an HTTP date in any of its three forms (RFC 9110, section 5.6.7) as epoch milliseconds; anything else is
 * `undefined`.
 *
 * Of the years that two digits may mean it is the latest that is not more than 50 years ahead. Whether the day of the
 * week is the date's is not asked.
 */
export function parseHttpDate(text: string): number | undefined {
  // The form of asctime has the same parts in another order, and a blank for the first digit of the day.
  const ordered = text
    .replace(/^(\w{3} \w{3} ) /, '$10')
    .replace(/^(\w{3}) (\w{3}) (\d\d) (\S+) (\d{4})$/, '$1, $3 $2 $5 $4 GMT')
  const [, day, month = '', year = '', ...time] = PREFERRED.exec(ordered) ?? RFC_850.exec(ordered) ?? []
  const [hours = 24, minutes = 0, seconds = 0] = time.map(Number)
  // With the leap second.
  if (hours > 23 || minutes > 59 || seconds > 60) return undefined
  const monthIndex = 'JanFebMarAprMayJunJulAugSepOctNovDec'.indexOf(month) / 3
  // `Date.UTC` takes the year 50 for 1950.
  const inYear = (fullYear: number): number => new Date(0).setUTCFullYear(fullYear, monthIndex, Number(day))
  let fullYear = Number(year)
  if (year.length === 2) {
    fullYear += 9900
    while (inYear(fullYear) > Date.now() + FIFTY_YEARS_MS) fullYear -= 100
  }
  const ms = inYear(fullYear)
  // A day or a month that there is not has become another.
  if (new Date(ms).toUTCString().slice(5, 11) !== `${day} ${month}`) return undefined
  return ms + (hours * 3600 + minutes * 60 + seconds) * 1000
}
