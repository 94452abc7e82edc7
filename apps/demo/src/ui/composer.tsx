import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ChatSession } from '../chat/chats.ts'
import { LONGEST_MESSAGE } from '../chat/messages.ts'
import { SendIcon } from './icons.tsx'
import { useSquall } from './squall-context.ts'

/** The input: never blocked, however much is under way. */
export function Composer({ session }: { session: ChatSession }): VNode {
  const { chats } = useSquall()
  const [text, setText] = useState(chats.drafts.get(session.id) ?? '')
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (matchMedia('(hover: hover)').matches) field.current?.focus()
  }, [])
  const write = (draft: string): void => {
    chats.drafts.set(session.id, draft)
    setText(draft)
  }
  const send = (times: number): void => {
    // Of the field, not of the last drawing: the next message may be sent before that.
    const message = field.current?.value.trim()
    if (!message || message.length > LONGEST_MESSAGE) return
    for (let n = 0; n < times; n++) chats.send(session, message)
    write('')
    field.current?.focus()
  }
  const over = text.trim().length - LONGEST_MESSAGE
  const cannotSend = !text.trim() || over > 0
  return (
    <form
      class="composer"
      onSubmit={event => {
        event.preventDefault()
        send(1)
      }}
    >
      {over > 0 && (
        <p class="too-long" role="alert">
          {over.toLocaleString('en')} characters too many: a message has {LONGEST_MESSAGE.toLocaleString('en')} at most.
        </p>
      )}
      <textarea
        ref={field}
        rows={1}
        value={text}
        placeholder="Write a message"
        aria-label="Message"
        onInput={event => write(event.currentTarget.value)}
        onKeyDown={event => {
          if (event.key === 'ArrowUp' && !event.currentTarget.value) {
            event.preventDefault()
            ;[...document.querySelectorAll<HTMLElement>('.exchange .edit')].at(-1)?.click()
          }
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
          event.preventDefault()
          send(1)
        }}
      />
      <button
        type="button"
        class="button twice"
        aria-label="×2, send twice at once"
        title="Send twice at once"
        disabled={cannotSend}
        onClick={() => send(2)}
      >
        ×2
      </button>
      <button type="submit" class="button primary" disabled={cannotSend} aria-label="Send">
        <SendIcon />
      </button>
    </form>
  )
}
