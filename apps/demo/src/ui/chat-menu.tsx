import type { VNode } from 'preact'
import { useId, useRef } from 'preact/hooks'
import type { ChatSummary } from '../chat/chats.ts'
import { ArchiveIcon, ExportIcon, ForkIcon, MoreIcon, PencilIcon, TrashIcon } from './icons.tsx'
import { moveFocus, placeMenu } from './menu.ts'
import { useSquall } from './squall-context.ts'

interface Props {
  readonly chat: ChatSummary
  onRename(): void
  onDelete(): void
}

/** What can be done with a chat. */
export function ChatMenu({ chat, onRename, onDelete }: Props): VNode {
  const { chats } = useSquall()
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const menu = useRef<HTMLDivElement>(null)
  const entries: readonly [label: string, Icon: () => VNode, act: () => void][] = [
    ['Rename', PencilIcon, onRename],
    ['Fork', ForkIcon, () => void chats.forkWhole(chat.id)],
    ['Export', ExportIcon, () => void chats.export(chat)],
    chat.archived
      ? ['Unarchive', ArchiveIcon, () => void chats.unarchive(chat)]
      : ['Archive', ArchiveIcon, () => void chats.archive(chat)],
    ['Delete', TrashIcon, onDelete],
  ]
  return (
    <>
      <button
        ref={button}
        type="button"
        class="icon-button more"
        aria-label={`More for ${chat.title}`}
        aria-haspopup="true"
        popovertarget={id}
      >
        <MoreIcon />
      </button>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys move between the buttons inside */}
      <div
        ref={menu}
        id={id}
        class="menu"
        popover="auto"
        onToggle={event => {
          if (event.newState === 'open') placeMenu(button.current, menu.current)
        }}
        onKeyDown={event => moveFocus(event, 'button')}
      >
        {entries.map(([label, Icon, act]) => (
          <button
            key={label}
            type="button"
            onClick={() => {
              menu.current?.hidePopover()
              act()
            }}
          >
            <Icon /> {label}
          </button>
        ))}
      </div>
    </>
  )
}
