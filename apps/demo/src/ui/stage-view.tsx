import type { VNode } from 'preact'
import { parseNumbered } from '../../shared/numbered.ts'
import { exchangesOf } from '../chat/messages.ts'
import type { Stage } from '../lab/stage.ts'
import { isGood, sentenceOf, type Verdict } from '../lab/verdict.ts'
import type { WayName } from '../lab/way.ts'
import { useStore } from './use-store.ts'

const NAMES: Record<WayName, string> = { old: 'The old way', ours: 'Ours' }
const COUNTS: readonly [name: keyof Verdict, label: string][] = [
  ['sent', 'sent'],
  ['stored', 'stored'],
  ['lost', 'lost'],
  ['doubled', 'doubled'],
  ['wrongChat', 'wrong chat'],
  ['unanswered', 'unanswered'],
  ['undone', 'undone'],
  ['requests', 'requests'],
]
const FAULTLESS: readonly (keyof Verdict)[] = ['sent', 'stored', 'requests']

/** One way of a scenario: what its database holds at this moment, counted and shown. */
export function StageView({ way, stage, why }: { way: WayName; stage: Stage; why: string }): VNode {
  const verdict = useStore(stage.verdict)
  const step = useStore(stage.step)
  const chats = useStore(stage.chats)
  const state = verdict.isOver ? (isGood(verdict) ? 'good' : 'bad') : 'unknown'
  return (
    <section class="stage" data-way={way} data-state={state} aria-label={NAMES[way]}>
      <h4>{NAMES[way]}</h4>
      <p class="stage-verdict" role="status">
        {verdict.isOver ? sentenceOf(verdict) : `Playing${step && `: ${step}`}`}
      </p>
      {verdict.isOver && <p class="stage-why">{why}</p>}
      <dl class="stage-counts">
        {COUNTS.map(([name, label]) => (
          <div
            key={name}
            data-name={name}
            data-none={Number(verdict[name]) === 0}
            data-bad={!FAULTLESS.includes(name) && Number(verdict[name]) > 0}
          >
            <dt>{label}</dt>
            <dd>{Number(verdict[name])}</dd>
          </div>
        ))}
      </dl>
      <ul class="stage-chats">
        {chats.map(({ id, title, messages }) => (
          <li key={id}>
            <h5>{title || id}</h5>
            {exchangesOf(messages).map(({ question, reply }) => (
              <p key={question.id}>
                <span class="said">{question.content}</span> {reply ? endOf(reply.content) : <em>no reply</em>}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The last words of a reply, which tell how far it has come. */
function endOf(content: string): string {
  const words = parseNumbered(content).map(({ word }) => word)
  return words.length > 4 ? `… ${words.slice(-3).join(' ')}` : words.join(' ')
}
