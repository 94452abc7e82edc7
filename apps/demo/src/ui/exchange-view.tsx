import type { VNode } from 'preact'
import { memo } from 'preact/compat'
import { useState } from 'preact/hooks'
import { withoutNumbers } from '../../shared/numbered.ts'
import type { ChatSession } from '../chat/chats.ts'
import type { Exchange } from '../chat/messages.ts'
import type { Progress } from '../chat/progress.ts'
import { CopyButton } from './copy-button.tsx'
import { ForkIcon, PencilIcon, RetryIcon } from './icons.tsx'
import { QuestionForm } from './question-form.tsx'
import { ReplyFoot } from './reply-foot.tsx'
import { ReplyText } from './reply-text.tsx'
import { useSquall } from './squall-context.ts'

export interface ExchangeProps {
  readonly session: ChatSession
  readonly exchange: Exchange
  readonly progress: Progress | undefined
  /** Not confirmed by the store. */
  readonly unsaved: boolean
  readonly isLast: boolean
}

/** A question and its reply. */
export const ExchangeView = memo(
  (props: ExchangeProps): VNode => {
    const { exchange, progress, unsaved } = props
    const { question, reply } = exchange
    const [editing, setEditing] = useState(false)
    return (
      <article class="exchange">
        {editing ? (
          <QuestionForm {...props} onDone={() => setEditing(false)} />
        ) : (
          <div class="asked">
            <p class="question">{question.content}</p>
            <div class="message-actions">
              {unsaved && <span class="not-saved">not saved yet</span>}
              <button type="button" class="text-button edit" aria-label="Edit" onClick={() => setEditing(true)}>
                <PencilIcon /> Edit
              </button>
              <CopyButton label="Copy message" text={() => question.content} />
            </div>
          </div>
        )}
        <div class="reply" data-status={reply?.status ?? 'none'} aria-busy={progress !== undefined}>
          {reply && <ReplyText reply={reply} writing={progress?.phase === 'streaming'} />}
          <ReplyFoot {...props} />
          {reply?.status === 'complete' && !progress && <ReplyActions {...props} />}
        </div>
      </article>
    )
  },
  (before, after) =>
    before.progress === after.progress &&
    before.unsaved === after.unsaved &&
    before.isLast === after.isLast &&
    before.exchange.reply === after.exchange.reply &&
    before.exchange.question === after.exchange.question,
)

function ReplyActions({ session, exchange: { question, reply }, isLast }: ExchangeProps): VNode {
  const { chats } = useSquall()
  return (
    <div class="message-actions">
      <CopyButton label="Copy reply" text={() => withoutNumbers(reply?.content ?? '')} />
      {isLast && (
        <button
          type="button"
          class="text-button"
          aria-label="Another reply"
          onClick={() => void chats.rewrite(session, question, question.content)}
        >
          <RetryIcon /> Another
        </button>
      )}
      <button
        type="button"
        class="text-button"
        aria-label="Fork from here"
        title="A new chat that goes on from here"
        onClick={() => void chats.fork(session, question.id)}
      >
        <ForkIcon /> Fork
      </button>
    </div>
  )
}
