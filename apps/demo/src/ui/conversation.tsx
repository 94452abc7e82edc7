import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { ChatSession } from '../chat/chats.ts'
import { exchangesOf } from '../chat/messages.ts'
import { Composer } from './composer.tsx'
import { ExchangeView } from './exchange-view.tsx'
import { useSquall } from './squall-context.ts'
import { useFollowEnd } from './use-follow-end.ts'
import { useStore } from './use-store.ts'

const BOTS: readonly [id: string, label: string][] = [
  ['storyteller', 'Storyteller'],
  ['counter', 'Counter'],
  ['echo', 'Echo'],
]
const OPENINGS: readonly [text: string, times: number, label: string][] = [
  ['Tell me about the lighthouse', 1, 'Ask for a story'],
  ['Tell me about a quiet harbour', 2, 'Two at once'],
  ['Tell me about the longest night', 5, 'Five at once'],
]

export function Conversation(): VNode {
  const { current } = useStore(useSquall().chats.manager)
  return (
    <section class="panel conversation" aria-label="Conversation">
      {current ? <OpenChat key={current.id} session={current} /> : <p class="quiet">Opening</p>}
    </section>
  )
}

function OpenChat({ session }: { session: ChatSession }): VNode {
  const { chats, answers } = useSquall()
  const { messages, title, metadata, status } = useStore(session)
  const progress = useStore(answers.progress)
  const exchanges = exchangesOf(messages)
  const log = useRef<HTMLDivElement>(null)
  useFollowEnd(log)
  useEffect(() => {
    document.title = title ? `${title} · Squall` : 'Squall'
  }, [title])
  return (
    <>
      <div class="conversation-head">
        <h2>{title || 'New chat'}</h2>
        {status !== 'saved' && status !== 'saving' && <span class="unsaved">{status}</span>}
        <label class="bot-choice">
          <span>Bot</span>
          <select value={metadata.bot} onChange={event => void chats.chooseBot(session, event.currentTarget.value)}>
            {BOTS.map(([id, label]) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by the arrow keys */}
      <div class="log" ref={log} role="log" aria-live="off" aria-label="Messages" tabIndex={0}>
        {exchanges.length === 0 ? (
          <Welcome session={session} />
        ) : (
          exchanges.map(exchange => (
            <ExchangeView
              key={exchange.question.id}
              session={session}
              exchange={exchange}
              progress={progress.get(exchange.question.id)}
            />
          ))
        )}
      </div>
      <Composer session={session} />
    </>
  )
}

function Welcome({ session }: { session: ChatSession }): VNode {
  const { chats } = useSquall()
  return (
    <div class="welcome">
      <p class="lead">Write something. Then make the weather worse.</p>
      <p>
        Every word a bot says carries a number. The strip above compares the numbers in your browser’s database with the
        server’s ledger, so whatever goes missing, doubles or strays into another chat shows up there.
      </p>
      <div class="openings">
        {OPENINGS.map(([text, times, label]) => (
          <button
            key={label}
            type="button"
            class="button"
            onClick={() => {
              for (let n = 0; n < times; n++) chats.send(session, text)
            }}
          >
            {label}
          </button>
        ))}
      </div>
    </div>
  )
}
