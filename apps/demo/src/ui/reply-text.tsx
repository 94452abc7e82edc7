import type { VNode } from 'preact'
import { memo } from 'preact/compat'
import { isNumbered } from '../../shared/fingerprint.ts'
import { growingMarkdown } from '../chat/growing-markdown.ts'
import { markNumbers, withoutMarks } from '../chat/marked-text.ts'
import type { Stored } from '../chat/messages.ts'
import { Markdown } from './markdown.tsx'

/** A reply as it is read: its Markdown drawn, and a bot's numbers beside the words. */
export const ReplyText = memo(({ reply, writing }: { reply: Stored; writing: boolean }): VNode => {
  const marked = isNumbered(reply.run) ? markNumbers(reply.content) : withoutMarks(reply.content)
  return (
    <div class="prose">
      <Markdown text={writing ? growingMarkdown(marked) : marked} />
    </div>
  )
})
