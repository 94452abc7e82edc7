import type { VNode } from 'preact'
import type { Exchange } from '../chat/messages.ts'
import type { Progress } from '../chat/progress.ts'
import type { ExchangeProps } from './exchange-view.tsx'
import { RetryIcon, StopIcon } from './icons.tsx'
import { useSquall } from './squall-context.ts'

const PHASES: Record<Progress['phase'], string> = {
  queued: 'waits for the turn',
  asking: 'asking',
  streaming: 'replying',
  waiting: 'waits to try again',
  stopping: 'stopping',
}

/** How far a reply is, in words, and what can be done about it. */
export function ReplyFoot({ session, exchange, progress }: ExchangeProps): VNode | null {
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

function whyNot({ question, reply }: Exchange): string {
  if (question.stopped) return 'stopped by you'
  if (!reply) return 'no reply yet'
  return reply.status === 'failed' ? 'failed in the middle' : 'interrupted in the middle'
}
