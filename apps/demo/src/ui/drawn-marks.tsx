import type { ComponentChildren, VNode } from 'preact'
import { atMarks, type Mark } from '../chat/marked-text.ts'

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: '\u00A0' }

/** A text with its marks drawn. */
export function marks(text: string): ComponentChildren {
  return atMarks(text).map(part =>
    typeof part === 'string'
      ? part.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name) => ENTITIES[name] ?? '')
      : drawn(part),
  )
}

/** Numbers like those in the margin of an edition: there for who looks for them. */
export function drawn({ kind, text }: Mark): VNode {
  if (kind === 'caret') return <span class="caret" />
  return kind === 'break' ? <mark class="break">{text}</mark> : <sup aria-hidden="true">{text}</sup>
}
