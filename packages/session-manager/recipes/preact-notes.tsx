/** @jsxImportSource preact */
import type { Session } from '@x/session-manager'
import type { VNode } from 'preact'
import { useSyncExternalStore } from 'preact/compat'

export interface Note {
  readonly text: string
}

/** Notes of one session: added, edited and removed by id, in any tab. */
export function Notes({ session }: { readonly session: Session<Note> }): VNode {
  const { messages, title, status } = useSyncExternalStore(session.subscribe, session.getSnapshot)
  return (
    <section>
      <h1>
        {title} <small>{status}</small>
      </h1>
      <ul>
        {messages.map(({ id, text }) => (
          <li key={id}>
            <input
              aria-label="Note"
              value={text}
              onChange={event => void session.edit(id, { text: event.currentTarget.value })}
            />
            <button type="button" onClick={() => void session.remove(id)}>
              Remove
            </button>
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => void session.append({ text: '' })}>
        Add
      </button>
    </section>
  )
}
