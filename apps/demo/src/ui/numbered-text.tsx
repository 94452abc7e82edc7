import type { VNode } from 'preact'
import { memo } from 'preact/compat'
import { parseNumbered } from '../../shared/numbered.ts'

const SHOW_EVERY = 5

/** A bot's text with its numbers beside it like line numbers in an edition, and a mark wherever they do not follow on. */
export const NumberedText = memo(({ text, writing }: { text: string; writing: boolean }): VNode => {
  const first = parseNumbered(text)[0]?.number ?? 1
  let last = first - 1
  const paragraphs = text.trim().split(/\n{2,}/)
  return (
    <div class="prose">
      {paragraphs.map((paragraph, index) => {
        const parts: (string | VNode)[] = []
        for (const { word, number } of parseNumbered(paragraph)) {
          if (number !== last + 1) parts.push(breakMark(last, number))
          parts.push(`${word}`)
          if ((number - first + 1) % SHOW_EVERY === 0) parts.push(<sup aria-hidden="true">{number}</sup>)
          parts.push(' ')
          last = number
        }
        return (
          <p key={String(index)}>
            {parts}
            {writing && index === paragraphs.length - 1 && <span class="caret" />}
          </p>
        )
      })}
    </div>
  )
})

function breakMark(last: number, number: number): VNode {
  const text = number > last ? `${last + 1}–${number - 1} missing` : `${number} again`
  return <mark class="break">{text}</mark>
}
