import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { PAGE } from '../chat/chat-list.ts'
import type { ChatSummary } from '../chat/chats.ts'
import { ChatRow } from './chat-row.tsx'
import { ArchiveIcon, PlusIcon, SearchIcon } from './icons.tsx'
import { moveFocus } from './menu.ts'
import { SettingsMenu } from './settings-menu.tsx'
import { useSquall } from './squall-context.ts'
import { useStore } from './use-store.ts'

/** The chats at the side: create, find, switch, and what can be done with each. */
export function ChatsPanel({ onPick }: { onPick(): void }): VNode {
  const { chats, answers } = useSquall()
  const { list } = chats
  const { sessions, current } = useStore(chats.manager)
  const { archived, page, text, found } = useStore(list.view)
  const busy = new Set([...useStore(answers.progress).values()].map(({ chat }) => chat))
  // What was found is looked for again when a chat has changed.
  useEffect(() => void list.refresh(), [list, sessions])
  const shown = text ? (found ?? []) : sessions.toSorted(newestFirst)
  const leaving = useRef<{ from: string; to: string | undefined }>(undefined)
  useLayoutEffect(() => {
    // Who deleted by the keyboard goes on with the next one, once the list has closed the gap.
    const { from, to } = leaving.current ?? {}
    if (!from || shown.some(({ id }) => id === from)) return
    leaving.current = undefined
    document.getElementById(`chat-${to}`)?.focus()
  })
  const isEmpty = shown.length === 0 && (!text || found !== undefined)
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
      <label class="search">
        <SearchIcon />
        <input
          type="search"
          class="search-field"
          aria-label="Search chats"
          placeholder="Search"
          value={text}
          onInput={event => void list.search(event.currentTarget.value.trim())}
        />
        <kbd>Ctrl K</kbd>
      </label>
      {archived && !text && <h2 class="list-title">Archived</h2>}
      <ul onKeyDown={event => moveFocus(event, '.chat-name')}>
        {shown.map((chat, index) => (
          <ChatRow
            key={chat.id}
            chat={chat}
            isCurrent={chat.id === current?.id}
            isBusy={busy.has(chat.id)}
            onPick={onPick}
            onDelete={() => {
              leaving.current = { from: chat.id, to: (shown[index + 1] ?? shown[index - 1])?.id }
              void chats.remove(chat)
            }}
          />
        ))}
      </ul>
      {isEmpty && <p class="quiet nothing">{whyEmpty(text, archived)}</p>}
      {!text && (page > 0 || sessions.length === PAGE) && (
        <p class="pages">
          <button type="button" class="text-button" disabled={page === 0} onClick={() => void list.newer()}>
            Newer
          </button>
          <button type="button" class="text-button" disabled={sessions.length < PAGE} onClick={() => void list.older()}>
            Older
          </button>
        </p>
      )}
      <ListFoot archived={archived} />
    </nav>
  )
}

function ListFoot({ archived }: { archived: boolean }): VNode {
  const { list } = useSquall().chats
  return (
    <div class="list-foot">
      <button type="button" class="text-button" aria-pressed={archived} onClick={() => void list.open(!archived)}>
        <ArchiveIcon /> Archived
      </button>
      <SettingsMenu />
    </div>
  )
}

/** By their beginning: a list that moves under the pointer is no list to pick from. */
function newestFirst(one: ChatSummary, other: ChatSummary): number {
  return other.createdAt - one.createdAt
}

function whyEmpty(text: string, archived: boolean): string {
  if (text) return `Nothing found for “${text}”, neither in titles nor in messages.`
  return archived ? 'Nothing is archived. The menu of a chat puts it here, out of the way and whole.' : 'No chats here.'
}
