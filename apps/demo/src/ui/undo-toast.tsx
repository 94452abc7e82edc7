import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { useSquall } from './squall-context.ts'
import { useStore } from './use-store.ts'

const SHOWN_MS = 8000

/** After a chat was deleted: the way back. */
export function UndoToast(): VNode | null {
  const { chats } = useSquall()
  const deleted = useStore(chats.deleted)
  useEffect(() => {
    if (!deleted) return
    const timer = setTimeout(() => chats.deleted.set(undefined), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [chats, deleted])
  if (!deleted) return null
  return (
    <div class="toast" role="status">
      <span>Deleted “{deleted.title || 'New chat'}”</span>
      <button type="button" class="text-button" onClick={() => void chats.restore(deleted.id)}>
        Undo
      </button>
    </div>
  )
}
