import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import { themes } from '../theme.ts'
import { ExportIcon, ImportIcon, KeyboardIcon, SettingsIcon } from './icons.tsx'
import { moveFocus, placeMenu } from './menu.ts'
import { useSquall } from './squall-context.ts'
import { useStore } from './use-store.ts'

/** What is seldom wanted: the theme, files of chats, the list of keys. */
export function SettingsMenu(): VNode {
  const { chats, look } = useSquall()
  const theme = useStore(look.theme)
  const button = useRef<HTMLButtonElement>(null)
  const menu = useRef<HTMLDivElement>(null)
  const file = useRef<HTMLInputElement>(null)
  return (
    <>
      <button ref={button} type="button" class="text-button" aria-haspopup="true" popovertarget="settings">
        <SettingsIcon /> Settings
      </button>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys move between the buttons inside */}
      <div
        ref={menu}
        id="settings"
        class="menu"
        popover="auto"
        onToggle={event => {
          if (event.newState === 'open') placeMenu(button.current, menu.current)
        }}
        onKeyDown={event => moveFocus(event, 'button')}
      >
        <fieldset class="choices">
          <legend>Theme</legend>
          {themes.map(name => (
            <button
              key={name}
              type="button"
              class="choice"
              aria-pressed={name === theme}
              onClick={() => look.choose(name)}
            >
              {name.charAt(0).toUpperCase() + name.slice(1)}
            </button>
          ))}
        </fieldset>
        <button type="button" onClick={() => file.current?.click()}>
          <ImportIcon /> Import chats
        </button>
        <button type="button" onClick={() => void chats.export()}>
          <ExportIcon /> Export all chats
        </button>
        <button type="button" class="needs-keys" commandfor="shortcuts" command="show-modal">
          <KeyboardIcon /> Keyboard shortcuts
        </button>
      </div>
      <input
        ref={file}
        type="file"
        hidden
        accept=".jsonl,application/jsonl"
        aria-label="File of chats"
        onChange={event => {
          const [chosen] = event.currentTarget.files ?? []
          if (chosen) void chats.import(chosen)
          event.currentTarget.value = ''
          menu.current?.hidePopover()
        }}
      />
    </>
  )
}
