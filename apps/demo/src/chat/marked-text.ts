import { parseNumbered } from '../../shared/numbered.ts'

/**
 * What stands between the words of a reply beside its text: a number, a place where the numbers do not follow on, the
 * place where it is being written. Each is kept in the text itself while that goes through the Markdown parser.
 */
export type Mark =
  | { readonly kind: 'number' | 'break'; readonly text: string }
  | { readonly kind: 'caret'; readonly text: '' }

// Private characters of Unicode: no text has a use for them, and Markdown sees letters in them.
const OPEN = '\uE000'
const CLOSE = '\uE001'
const KINDS = { n: 'number', b: 'break', c: 'caret' } as const
const MARK = new RegExp(`${OPEN}([nbc])([^${CLOSE}]*)${CLOSE}`, 'g')
const PRIVATE = new RegExp(`[${OPEN}${CLOSE}]`, 'g')
const SHOW_EVERY = 5
const LIST_NUMBER = /^\d{1,9}[.)]$/

/** The end of the text, ready to be parsed. */
export const CARET: string = `${OPEN}c${CLOSE}`

/** A text without anything that could be taken for a mark. */
export function withoutMarks(text: string): string {
  return text.replace(MARK, '').replace(PRIVATE, '')
}

/** A bot's text with its numbers as marks: each fifth, and wherever they do not follow on. */
export function markNumbers(text: string): string {
  const clean = withoutMarks(text)
  const tokens = parseNumbered(clean)
  const first = tokens[0]?.number ?? 1
  let next = first
  let pending = ''
  let index = 0
  return clean.replace(/[^\s⁰¹²³⁴⁵⁶⁷⁸⁹]+[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, () => {
    const { word = '', number = 0 } = tokens[index++] ?? {}
    let before = pending
    pending = ''
    if (number !== next) before += mark('b', number > next ? `${next}–${number - 1} missing` : `${number} again`)
    next = number + 1
    const behind = (number - first + 1) % SHOW_EVERY === 0 ? mark('n', String(number)) : ''
    // Marks keep to letters, so that they stay inside of emphasis and out of what is markup alone, such as `2.`.
    const [, start = '', letters, end = ''] = /^([^\p{L}\p{N}]*)(.*[\p{L}\p{N}])([^\p{L}\p{N}]*)$/su.exec(word) ?? []
    if (letters !== undefined && !LIST_NUMBER.test(word)) return start + before + letters + behind + end
    pending = before
    return word
  })
}

/** A text taken apart at its marks. */
export function atMarks(text: string): (string | Mark)[] {
  const parts: (string | Mark)[] = []
  let from = 0
  for (const { 0: whole, 1: kind, 2: inner = '', index } of text.matchAll(MARK)) {
    if (index > from) parts.push(text.slice(from, index))
    parts.push({ kind: KINDS[kind as keyof typeof KINDS], text: inner } as Mark)
    from = index + whole.length
  }
  if (from < text.length) parts.push(text.slice(from))
  return parts
}

function mark(kind: keyof typeof KINDS, text: string): string {
  return OPEN + kind + text + CLOSE
}
