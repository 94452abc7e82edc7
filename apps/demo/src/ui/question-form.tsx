import type { VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { LONGEST_MESSAGE } from '../chat/messages.ts'
import type { ExchangeProps } from './exchange-view.tsx'
import { useSquall } from './squall-context.ts'

type Props = Pick<ExchangeProps, 'session' | 'exchange' | 'isLast'> & { onDone(): void }

/** Changes a message that was sent, and asks for a new reply. */
export function QuestionForm({ session, exchange: { question }, isLast, onDone }: Props): VNode {
  const { chats } = useSquall()
  const field = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => {
    field.current?.focus()
    field.current?.setSelectionRange(question.content.length, question.content.length)
  }, [question.content.length])
  const send = (): void => {
    const text = field.current?.value.trim()
    if (!text) return
    onDone()
    void chats.rewrite(session, question, text)
    document.querySelector<HTMLElement>('.composer textarea')?.focus()
  }
  return (
    <form
      class="question-form"
      onSubmit={event => {
        event.preventDefault()
        send()
      }}
    >
      <textarea
        ref={field}
        rows={1}
        maxLength={LONGEST_MESSAGE}
        defaultValue={question.content}
        aria-label="Edit message"
        onKeyDown={event => {
          if (event.key === 'Escape') {
            event.preventDefault()
            onDone()
            document.querySelector<HTMLElement>('.composer textarea')?.focus()
          }
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
          event.preventDefault()
          send()
        }}
      />
      <p class="form-foot">
        <span class="quiet">{isLast ? 'Takes the place of its reply' : 'Drops what follows; fork to keep it'}</span>
        <button type="button" class="text-button" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" class="button primary">
          Send
        </button>
      </p>
    </form>
  )
}
