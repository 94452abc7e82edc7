import type { VNode } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ChatSummary } from '../chat/chats.ts'
import { PencilIcon, PlusIcon, TrashIcon } from './icons.tsx'
import { useSquall } from './squall-context.ts'
import { TitleField } from './title-field.tsx'
import { useStore } from './use-store.ts'

/** The chats at the side: create, switch, rename, delete with undo. */
export function ChatsPanel({ onPick }: { onPick(): void }): VNode {
  const { chats, answers } = useSquall()
  const { sessions, current } = useStore(chats.manager)
  const busy = new Set([...useStore(answers.progress).values()].map(({ chat }) => chat))
  return (
    <nav class="panel chats" aria-label="Chats">
      <button
        type="button"
        class="button new-chat"
        onClick={() => {
          void chats.create()
          onPick()
        }}
      >
        <PlusIcon /> New chat
      </button>
      <ul>
        {sessions.toSorted(newestFirst).map(chat => (
          <ChatRow
            key={chat.id}
            chat={chat}
            current={chat.id === current?.id}
            busy={busy.has(chat.id)}
            onPick={onPick}
          />
        ))}
      </ul>
    </nav>
  )
}

/** By their beginning: a list that moves under the pointer is no list to pick from. */
function newestFirst(one: ChatSummary, other: ChatSummary): number {
  return other.createdAt - one.createdAt
}

function ChatRow(props: { chat: ChatSummary; current: boolean; busy: boolean; onPick(): void }): VNode {
  const { chat, current, busy, onPick } = props
  const { chats } = useSquall()
  const [renaming, setRenaming] = useState(false)
  const name = useRef<HTMLButtonElement>(null)
  const wasRenaming = useRef(false)
  useLayoutEffect(() => {
    // Who renamed by the keyboard goes on from here.
    if (wasRenaming.current && document.activeElement === document.body) name.current?.focus()
    wasRenaming.current = renaming
  }, [renaming])
  const title = chat.title || 'New chat'
  if (renaming)
    return (
      <li class="chat-row" data-current={current}>
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
    <li class="chat-row" data-current={current}>
      <button
        ref={name}
        type="button"
        class="chat-name"
        aria-current={current ? 'page' : undefined}
        onClick={() => {
          void chats.show(chat.id)
          onPick()
        }}
      >
        <span class="chat-title">{title}</span>
        <span class="chat-note">{busy ? <span class="busy">replying</span> : `${chat.messageCount} messages`}</span>
      </button>
      <span class="chat-actions">
        <button type="button" class="icon-button" aria-label={`Rename ${title}`} onClick={() => setRenaming(true)}>
          <PencilIcon />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label={`Delete ${title}`}
          onClick={() => void chats.remove(chat)}
        >
          <TrashIcon />
        </button>
      </span>
    </li>
  )
}
