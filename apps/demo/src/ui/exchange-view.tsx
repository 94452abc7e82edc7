import type { VNode } from 'preact'
import { memo } from 'preact/compat'
import type { ChatSession } from '../chat/chats.ts'
import type { Exchange } from '../chat/messages.ts'
import type { Progress } from '../chat/progress.ts'
import { RetryIcon, StopIcon } from './icons.tsx'
import { NumberedText } from './numbered-text.tsx'
import { useSquall } from './squall-context.ts'

interface Props {
  readonly session: ChatSession
  readonly exchange: Exchange
  readonly progress: Progress | undefined
}

/** A question and its reply. */
export const ExchangeView = memo(
  (props: Props): VNode => {
    const { exchange, progress } = props
    const { question, reply } = exchange
    return (
      <article class="exchange">
        <p class="question">{question.content}</p>
        <div class="reply" data-status={reply?.status ?? 'none'} aria-busy={progress !== undefined}>
          {reply && <NumberedText text={reply.content} writing={progress?.phase === 'streaming'} />}
          <ReplyFoot {...props} />
        </div>
      </article>
    )
  },
  (before, after) =>
    before.progress === after.progress &&
    before.exchange.reply === after.exchange.reply &&
    before.exchange.question === after.exchange.question,
)

function whyNot({ question, reply }: Exchange): string {
  if (question.stopped) return 'stopped by you'
  return reply ? 'interrupted' : 'no reply yet'
}

const PHASES: Record<Progress['phase'], string> = {
  queued: 'waits for the turn',
  asking: 'asking',
  streaming: 'replying',
  waiting: 'waits to try again',
  stopping: 'stopping',
}

function ReplyFoot({ session, exchange, progress }: Props): VNode | null {
  const { chats, answers } = useSquall()
  const { question, reply } = exchange
  if (progress)
    return (
      <p class="reply-foot" data-phase={progress.phase}>
        <span class="phase">{PHASES[progress.phase]}</span>
        {progress.phase !== 'stopping' && (
          <button type="button" class="text-button" onClick={() => void answers.stop(question.id)}>
            <StopIcon /> Stop
          </button>
        )}
      </p>
    )
  if (reply?.status === 'streaming') return <p class="reply-foot">another tab is writing this</p>
  if (reply?.status === 'complete') return reply.stopped ? <p class="reply-foot">stopped by you</p> : null
  return (
    <p class="reply-foot" data-phase="broken">
      <span class="phase">{answers.failureOf(question.id) ?? whyNot(exchange)}</span>
      <button type="button" class="text-button" onClick={() => chats.retry(session, question)}>
        <RetryIcon /> Retry
      </button>
    </p>
  )
}
