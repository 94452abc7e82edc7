import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { useSquall } from './squall-context.ts'
import { useStore } from './use-store.ts'

const SHOWN_MS = 8000

/** What was done last, and for a while the way back. */
export function Toast(): VNode {
  const { notice } = useSquall().chats
  const shown = useStore(notice)
  useEffect(() => {
    if (!shown) return
    const timer = setTimeout(() => notice.set(undefined), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [notice, shown])
  const undo = (): void => {
    notice.set(undefined)
    void shown?.undo?.()
  }
  return (
    <div role="status" class="toast-place">
      {shown && (
        <div class="toast">
          <span>{shown.text}</span>
          {shown.undo && (
            <button type="button" class="text-button" onClick={undo}>
              Undo
            </button>
          )}
        </div>
      )}
    </div>
  )
}
