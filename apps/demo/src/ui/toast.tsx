import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Notice } from '../chat/chats.ts'
import { useSquall } from './squall-context.ts'
import { useStore } from './use-store.ts'

const SHOWN_MS = 8000

/** What was done last, and for a while the way back. */
export function Toast(): VNode {
  const { notice } = useSquall().chats
  const shown = useStore(notice)
  return (
    <div role="status" class="toast-place">
      {shown && <ShownNotice notice={shown} onDone={() => notice.set(undefined)} />}
    </div>
  )
}

/** Goes after a while, but from nobody who is about to use it: not while the pointer or the focus is on it. */
function ShownNotice({ notice, onDone }: { notice: Notice; onDone(): void }): VNode {
  const [isPointedAt, setPointedAt] = useState(false)
  const [isFocused, setFocused] = useState(false)
  const isHeld = isPointedAt || isFocused
  // Each notice has a time of its own.
  useEffect(() => {
    if (isHeld) return
    const timer = setTimeout(onDone, SHOWN_MS)
    return () => clearTimeout(timer)
  }, [notice, isHeld])
  const undo = (): void => {
    onDone()
    void notice.undo?.()
  }
  return (
    <div
      class="toast"
      onPointerEnter={() => setPointedAt(true)}
      onPointerLeave={() => setPointedAt(false)}
      onFocusIn={() => setFocused(true)}
      onFocusOut={() => setFocused(false)}
    >
      <span>{notice.text}</span>
      {notice.undo && (
        <button type="button" class="text-button" onClick={undo}>
          Undo
        </button>
      )}
    </div>
  )
}
