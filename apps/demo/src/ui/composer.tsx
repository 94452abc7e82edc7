import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ChatSession } from '../chat/chats.ts'
import { SendIcon } from './icons.tsx'
import { useSquall } from './squall-context.ts'

/** The input: never blocked, however much is under way. */
export function Composer({ session }: { session: ChatSession }): VNode {
  const { chats } = useSquall()
  const [text, setText] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (matchMedia('(hover: hover)').matches) field.current?.focus()
  }, [])
  const send = (times: number): void => {
    const message = text.trim()
    if (!message) return
    for (let n = 0; n < times; n++) chats.send(session, message)
    setText('')
    field.current?.focus()
  }
  return (
    <form
      class="composer"
      onSubmit={event => {
        event.preventDefault()
        send(1)
      }}
    >
      <textarea
        ref={field}
        rows={1}
        value={text}
        maxLength={4000}
        placeholder="Write a message"
        aria-label="Message"
        onInput={event => setText(event.currentTarget.value)}
        onKeyDown={event => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
          event.preventDefault()
          send(1)
        }}
      />
      <button
        type="button"
        class="button twice"
        aria-label="Send twice at once"
        title="Send twice at once"
        disabled={!text.trim()}
        onClick={() => send(2)}
      >
        ×2
      </button>
      <button type="submit" class="button primary" disabled={!text.trim()} aria-label="Send">
        <SendIcon />
      </button>
    </form>
  )
}
