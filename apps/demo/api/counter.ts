const SMALL =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']
const MOST = 500

/** Counts to the first number in the prompt (at most 500), or to twenty. */
export function countReply(prompt: string): string {
  const last = Math.min(Number(/\d+/.exec(prompt)?.[0] ?? 20), MOST)
  return Array.from({ length: Math.max(last, 1) }, (_, index) => inWords(index + 1)).join(' ')
}

/** A whole number from 0 to 999 as one hyphenated word. */
export function inWords(value: number): string {
  if (value < 20) return SMALL[value] ?? ''
  if (value < 100) return joined(TENS[Math.floor(value / 10)] ?? '', value % 10)
  return joined(`${inWords(Math.floor(value / 100))}-hundred`, value % 100)
}

function joined(head: string, rest: number): string {
  return rest === 0 ? head : `${head}-${inWords(rest)}`
}
