import type { VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

/** Edits a title in place: Enter or leaving keeps it, Escape does not. */
export function TitleField({ title, onDone }: { title: string; onDone(title: string | undefined): void }): VNode {
  const field = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => {
    field.current?.focus()
    field.current?.select()
  }, [])
  return (
    <input
      ref={field}
      class="title-field"
      aria-label="Title of the chat"
      defaultValue={title}
      maxLength={80}
      onBlur={event => {
        const changed = event.currentTarget.value.trim()
        onDone(changed && changed !== title ? changed : undefined)
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.preventDefault()
          event.currentTarget.value = title
        }
        if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur()
      }}
    />
  )
}
