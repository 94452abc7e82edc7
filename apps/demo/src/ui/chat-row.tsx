import type { VNode } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ChatSummary } from '../chat/chats.ts'
import { ChatMenu } from './chat-menu.tsx'
import { useSquall } from './squall-context.ts'
import { TitleField } from './title-field.tsx'

interface Props {
  readonly chat: ChatSummary
  readonly isCurrent: boolean
  readonly isBusy: boolean
  onPick(): void
  onDelete(): void
}

/** A chat of the list: its name opens it, its menu has the rest. */
export function ChatRow({ chat, isCurrent, isBusy, onPick, onDelete }: Props): VNode {
  const { chats } = useSquall()
  const [renaming, setRenaming] = useState(false)
  const name = useRef<HTMLButtonElement>(null)
  const wasRenaming = useRef(false)
  useLayoutEffect(() => {
    // Who renamed by the keyboard goes on from here.
    if (wasRenaming.current && document.activeElement === document.body) name.current?.focus()
    wasRenaming.current = renaming
  }, [renaming])
  if (renaming)
    return (
      <li class="chat-row" data-current={isCurrent}>
        <TitleField
          title={chat.title}
          onDone={changed => {
            setRenaming(false)
            if (changed !== undefined) void chats.rename(chat.id, changed)
          }}
        />
      </li>
    )
  return (
    <li class="chat-row" data-current={isCurrent}>
      <button
        ref={name}
        id={`chat-${chat.id}`}
        type="button"
        class="chat-name"
        aria-current={isCurrent ? 'page' : undefined}
        aria-keyshortcuts="F2 Delete"
        onClick={() => {
          void chats.show(chat.id)
          onPick()
        }}
        onKeyDown={event => {
          if (event.key === 'F2') setRenaming(true)
          if (event.key === 'Delete') onDelete()
        }}
      >
        <span class="chat-title">{chat.title}</span>
        <span class="chat-note">{isBusy ? <span class="busy">replying</span> : noteOn(chat)}</span>
      </button>
      <ChatMenu chat={chat} onRename={() => setRenaming(true)} onDelete={onDelete} />
    </li>
  )
}

const DAY_MS = 86_400_000

function noteOn({ messageCount, updatedAt, archived }: ChatSummary): string {
  const count = messageCount === 1 ? '1 message' : `${messageCount} messages`
  const isOld = Date.now() - updatedAt > DAY_MS
  const when = isOld ? new Date(updatedAt).toLocaleDateString(undefined, { day: 'numeric', month: 'short' }) : undefined
  return [count, when, archived ? 'archived' : undefined].filter(Boolean).join(' · ')
}
