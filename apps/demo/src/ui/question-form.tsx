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
  const cancel = (): void => {
    onDone()
    focusComposer()
  }
  const send = (): void => {
    const text = field.current?.value.trim()
    if (!text) return
    onDone()
    void chats.rewrite(session, question, text)
    focusComposer()
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
            cancel()
          }
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
          event.preventDefault()
          send()
        }}
      />
      <p class="form-foot">
        <span class="quiet">{isLast ? 'Takes the place of its reply' : 'Drops what follows; fork to keep it'}</span>
        <button type="button" class="text-button" onClick={cancel}>
          Cancel
        </button>
        <button type="submit" class="button primary">
          Send
        </button>
      </p>
    </form>
  )
}

function focusComposer(): void {
  document.querySelector<HTMLElement>('.composer textarea')?.focus()
}
