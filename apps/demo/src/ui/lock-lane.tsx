import type { VNode } from 'preact'
import type { Turn } from '../xray/lock-trace.ts'
import { LockIcon } from './icons.tsx'
import { seconds } from './seconds.ts'
import { useNow } from './use-now.ts'
import { useStore } from './use-store.ts'
import { useTitles } from './use-titles.ts'
import { useXray } from './xray-context.ts'

const MOST_CHATS = 4
const MOST_PAST = 3

/** Who has the turn of which chat, and who waits. */
export function LockLane(): VNode {
  const turns = useStore(useXray().turns)
  const titleOf = useTitles()
  const now = useNow(turns.some(turn => turn.endedAt === undefined))
  const byChat = Map.groupBy(turns, turn => turn.chat)
  return (
    <section class="lane locks" aria-labelledby="locks-title">
      <h3 id="locks-title">Locks</h3>
      <p class="explain">Each chat has one turn: a reply holds it while it is written, the next ones queue in order.</p>
      {byChat.size === 0 && <p class="quiet">Free. Send two messages quickly and the second one will wait here.</p>}
      {[...byChat].slice(-MOST_CHATS).map(([chat, all]) => (
        <div key={chat} class="lock">
          <h4>
            <LockIcon /> {titleOf(chat)}
          </h4>
          <ol>
            {isElsewhere(all, now) && (
              <li class="turn" data-state="holds">
                <span class="turn-state">holds</span>
                <span class="turn-label">another tab</span>
              </li>
            )}
            {[...all.filter(isOver).slice(-MOST_PAST), ...all.filter(turn => !isOver(turn))].map(turn => (
              <TurnChip key={turn.id} turn={turn} now={now} />
            ))}
          </ol>
        </div>
      ))}
    </section>
  )
}

function TurnChip({ turn, now }: { turn: Turn; now: number }): VNode {
  const { askedAt, grantedAt, endedAt } = turn
  const waited = seconds((grantedAt ?? endedAt ?? now) - askedAt)
  const held = grantedAt === undefined ? undefined : seconds((endedAt ?? now) - grantedAt)
  const state = endedAt !== undefined ? 'over' : grantedAt !== undefined ? 'holds' : 'waits'
  return (
    <li class="turn" data-state={state}>
      <span class="turn-state">{state === 'over' ? 'done' : state}</span>
      <span class="turn-label">{turn.label}</span>
      <span class="turn-times">
        {held === undefined ? waited : `${held} held`}
        {held !== undefined && grantedAt !== undefined && grantedAt - askedAt > 50 && `, ${waited} waited`}
      </span>
    </li>
  )
}

/** Somebody waits, and nobody in this page holds it: the lock reaches over all tabs. */
function isElsewhere(turns: readonly Turn[], now: number): boolean {
  const open = turns.filter(turn => !isOver(turn))
  return open.length > 0 && open.every(({ grantedAt, askedAt }) => grantedAt === undefined && now - askedAt > 500)
}

function isOver(turn: Turn): boolean {
  return turn.endedAt !== undefined
}
