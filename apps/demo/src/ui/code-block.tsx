import type { VNode } from 'preact'
import { atMarks, withoutMarks } from '../chat/marked-text.ts'
import { CopyButton } from './copy-button.tsx'
import { drawn } from './drawn-marks.tsx'

/** Code with its language and a way to copy it. Numbers stay out of it. */
export function CodeBlock({ text, language }: { text: string; language: string }): VNode {
  const parts = atMarks(text).filter(part => typeof part === 'string' || part.kind !== 'number')
  return (
    <figure class="code-block">
      <figcaption>
        <span>{language || 'text'}</span>
        <CopyButton label="Copy code" text={() => withoutMarks(text)} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls a wide one by the arrow keys */}
      <pre tabIndex={0}>
        <code>{parts.map(part => (typeof part === 'string' ? part : drawn(part)))}</code>
      </pre>
    </figure>
  )
}
