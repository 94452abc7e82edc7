import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useSquall } from './squall-context.ts'
import type { View } from './views.ts'

const LIST: readonly [keys: string, what: string][] = [
  ['Enter', 'Send the message; Shift Enter begins a new line'],
  ['↑', 'In an empty message: edit the last one'],
  ['Esc', 'Stop the reply that is being written'],
  ['Ctrl Shift O', 'New chat'],
  ['Ctrl K', 'Search chats'],
  ['↑ ↓', 'In the list of chats: the one above, the one below'],
  ['F2, Delete', 'In the list of chats: rename, delete'],
  ['Shift Esc', 'Go to the message'],
  ['Ctrl /', 'This list'],
]

/** The keys of the whole page, and the list of them. (⌘ does what Ctrl does.) */
export function Shortcuts({ onView }: { onView(view: View): void }): VNode {
  const { chats, answers } = useSquall()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const focus = (selector: string, view: View): void => {
      const focusNow = (): void => document.querySelector<HTMLElement>(selector)?.focus()
      // At once where it can be, for the next key may be on its way.
      if (document.querySelector(selector)?.checkVisibility()) focusNow()
      else {
        // A narrow window shows one view at a time, and it is another one.
        onView(view)
        requestAnimationFrame(focusNow)
      }
    }
    const onKey = (event: KeyboardEvent): void => {
      const { key, shiftKey } = event
      const isCommand = event.ctrlKey || event.metaKey
      if (isCommand && key === 'k') focus('.search-field', 'chats')
      else if (isCommand && shiftKey && key.toLowerCase() === 'o') {
        onView('chat')
        void chats.create()
      } else if (isCommand && key === '/') dialog.current?.showModal()
      else if (shiftKey && key === 'Escape') focus('.composer textarea', 'chat')
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [chats, onView])
  useEffect(() => {
    const onEscape = (event: KeyboardEvent): void => {
      const isElsewhere = event.defaultPrevented || document.querySelector('dialog[open], :popover-open')
      const [newest] = [...answers.progress.getSnapshot()].filter(([, { chat }]) => chat === chats.manager.current?.id)
      if (event.key === 'Escape' && !event.shiftKey && !isElsewhere && newest) void answers.stop(newest[0])
    }
    document.addEventListener('keydown', onEscape)
    return () => document.removeEventListener('keydown', onEscape)
  }, [chats, answers])
  return (
    <dialog ref={dialog} id="shortcuts" class="shortcuts" aria-labelledby="shortcuts-title">
      <h2 id="shortcuts-title">Keyboard shortcuts</h2>
      <dl>
        {LIST.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">On a Mac ⌘ does what Ctrl does.</p>
      <form method="dialog">
        <button type="submit" class="button primary">
          Close
        </button>
      </form>
    </dialog>
  )
}
