/** @jsxImportSource react */
import type { Session, SessionManager } from '@x/session-manager'
import { type ReactNode, type SubmitEvent, useEffect, useSyncExternalStore } from 'react'

export interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

/** What answers a question, piece by piece, until the signal is aborted. */
type Answer = (question: string, signal: AbortSignal) => AsyncIterable<string>

interface ChatsProps {
  /** Made once, outside of components. */
  readonly manager: SessionManager<Message>
  readonly answer: Answer
}

/** The list of chats and the current one; both follow what any tab does. */
export function Chats({ manager, answer }: ChatsProps): ReactNode {
  const { current, sessions } = useSyncExternalStore(
    manager.subscribe,
    manager.getSnapshot,
    manager.getServerSnapshot, // Empty: what a server renders, and what is hydrated.
  )
  useEffect(() => {
    void manager.list() // From now on `sessions` is kept up to date.
  }, [manager])
  return (
    <>
      <nav>
        <button type="button" onClick={() => void manager.create()}>
          New chat
        </button>
        {sessions.map(({ id, title }) => (
          <button key={id} type="button" aria-current={id === current?.id} onClick={() => void manager.switchTo(id)}>
            {title}
          </button>
        ))}
      </nav>
      {current && <Chat key={current.id} chat={current} answer={answer} />}
    </>
  )
}

function Chat({ chat, answer }: { readonly chat: Session<Message>; readonly answer: Answer }): ReactNode {
  const { messages, status } = useSyncExternalStore(chat.subscribe, chat.getSnapshot)
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = event.currentTarget
    const question = String(new FormData(form).get('question'))
    form.reset()
    void ask(chat, question, answer)
  }
  return (
    <main>
      {messages.map(message => (
        <p key={message.id} data-role={message.role} data-status={message.status}>
          {message.content}
        </p>
      ))}
      {status === 'unsaved' && <p role="alert">Not stored yet: the disk is full or the database is blocked.</p>}
      <form onSubmit={submit}>
        <input name="question" aria-label="Question" required />
        <button type="submit">Send</button>
      </form>
    </main>
  )
}

/** The reply stays in the chat it was asked in, whatever is current when it comes. */
async function ask(chat: Session<Message>, question: string, answer: Answer): Promise<void> {
  await chat.turn(async ({ session, signal }) => {
    await session.append({ role: 'user', content: question })
    await using reply = await session.stream({ role: 'assistant' }) // Left early, it is marked `interrupted`.
    for await (const piece of answer(question, signal)) reply.write(piece)
    await reply.complete()
  })
}
