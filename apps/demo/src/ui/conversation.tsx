import type { SessionStatus } from '@x/session-manager'
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ChatSession } from '../chat/chats.ts'
import { exchangesOf } from '../chat/messages.ts'
import { Composer } from './composer.tsx'
import { ExchangeView } from './exchange-view.tsx'
import { DownIcon } from './icons.tsx'
import { useSquall } from './squall-context.ts'
import { useFollowEnd } from './use-follow-end.ts'
import { useStore } from './use-store.ts'
import type { View } from './views.ts'
import { Welcome } from './welcome.tsx'

const STATUSES: Partial<Record<SessionStatus, string>> = {
  unsaved: 'not saved: kept here and tried again',
  conflict: 'putting it on top of another tab’s changes',
  error: 'deleted elsewhere',
}
/** A conversation may have thousands; what is far up is drawn when it is asked for. */
const MOST_DRAWN = 60

export function Conversation({ onView }: { onView(view: View): void }): VNode {
  const { current } = useStore(useSquall().chats.manager)
  return (
    <section class="panel conversation" aria-label="Conversation">
      {current ? <OpenChat key={current.id} session={current} onView={onView} /> : <p class="quiet">Opening</p>}
    </section>
  )
}

function OpenChat({ session, onView }: { session: ChatSession; onView(view: View): void }): VNode {
  const { chats, answers, models } = useSquall()
  const { messages, title, metadata, status } = useStore(session)
  const progress = useStore(answers.progress)
  const unsaved = useStore(chats.unsaved)
  const exchanges = exchangesOf(messages)
  const [most, setMost] = useState(MOST_DRAWN)
  const earlier = Math.max(0, exchanges.length - most)
  const log = useRef<HTMLDivElement>(null)
  const { isAway, comeBack } = useFollowEnd(log)
  useEffect(() => {
    document.title = title ? `${title} · Squall` : 'Squall'
  }, [title])
  return (
    <>
      <div class="conversation-head">
        <h2>{title || 'New chat'}</h2>
        {status in STATUSES && <span class="unsaved">{STATUSES[status]}</span>}
        <label class="bot-choice">
          <span>Bot</span>
          <select value={metadata.bot} onChange={event => void chats.chooseBot(session, event.currentTarget.value)}>
            {models.map(({ id, label, description }) => (
              <option key={id} value={id} title={description}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by the arrow keys */}
      <div class="log" ref={log} role="log" aria-live="off" aria-label="Messages" tabIndex={0}>
        {earlier > 0 && (
          <button type="button" class="button earlier" onClick={() => setMost(most + MOST_DRAWN)}>
            Show earlier messages ({earlier.toLocaleString('en')} more)
          </button>
        )}
        {exchanges.length === 0 ? (
          <Welcome session={session} onView={onView} />
        ) : (
          exchanges
            .slice(earlier)
            .map((exchange, index, drawn) => (
              <ExchangeView
                key={exchange.question.id}
                session={session}
                exchange={exchange}
                progress={progress.get(exchange.question.id)}
                unsaved={status === 'unsaved' && unsaved.has(exchange.question.id)}
                isLast={index === drawn.length - 1}
              />
            ))
        )}
      </div>
      {isAway && (
        <button type="button" class="button come-back" onClick={comeBack}>
          <DownIcon /> Latest
        </button>
      )}
      {models.some(({ id, isBot }) => id === metadata.bot && !isBot) && (
        <p class="quiet real-model">
          {metadata.bot} is a real model. Its words carry no numbers: the counters above count your messages and the
          bots’ words.
        </p>
      )}
      <Composer session={session} />
    </>
  )
}
