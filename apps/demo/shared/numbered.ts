/**
 * Numbered tokens: each word of a reply carries its number as superscript digits (`harbour⁴²`), inside the text itself.
 * A number names one token of one reply and no other, so a stored text alone shows what is missing, doubled or astray.
 */
export interface NumberedToken {
  readonly word: string
  readonly number: number
}

const DIGITS = '⁰¹²³⁴⁵⁶⁷⁸⁹'
const NUMBERED = new RegExp(`([^\\s${DIGITS}]+)([${DIGITS}]+)`, 'g')

/** The word with its number behind it. */
export function numbered(word: string, number: number): string {
  return word + String(number).replace(/\d/g, digit => DIGITS.charAt(Number(digit)))
}

/** The text without superscript digits, so that nobody can smuggle a number in. */
export function withoutNumbers(text: string): string {
  return text.replace(new RegExp(`[${DIGITS}]`, 'g'), '')
}

/** The numbered tokens of a text, in its order. A word without a number is not one. */
export function parseNumbered(text: string): NumberedToken[] {
  return [...text.matchAll(NUMBERED)].map(([, word = '', digits = '']) => ({ word, number: toNumber(digits) }))
}

function toNumber(digits: string): number {
  return Number(digits.replace(/./gu, digit => String(DIGITS.indexOf(digit))))
}
