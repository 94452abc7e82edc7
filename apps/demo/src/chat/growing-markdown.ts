import remend from 'remend'
import { CARET } from './marked-text.ts'

// A last line that may yet become something else: half a fence, a bullet or a number without its item, a rule.
const UNDECIDED = /(?:^|\n)[ \t]*(?:(?:```|~~~)[^\n]*|[-*+#>|=_~`:\s]+|\d{1,9}[.)]?)$/
// The first characters of an emphasis, a code span or a link, with nothing in it yet.
const OPENING = /(^|\s)[*_~`![(]+$/

/**
 * Markdown that is still being written, so that what is there looks as it will in the end: what is open is closed, and a last
 * line that nobody can tell the meaning of yet is held back.
 */
export function growingMarkdown(text: string): string {
  const settled = text.trimEnd().replace(UNDECIDED, '').replace(OPENING, '$1')
  return remend(settled, { katex: false, links: true }) + CARET
}
