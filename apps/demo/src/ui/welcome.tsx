import type { VNode } from 'preact'
import type { ChatSession } from '../chat/chats.ts'
import { faultsOf, forecastOf } from '../weather/forecast.ts'
import { PlayIcon, WeatherIcon } from './icons.tsx'
import { useSquall } from './squall-context.ts'
import { useStore } from './use-store.ts'
import type { View } from './views.ts'

const OPENINGS: readonly [text: string, times: number, label: string][] = [
  ['Tell me about the lighthouse', 1, 'Ask for a story'],
  ['Tell me about a quiet harbour', 2, 'Two at once'],
  ['Tell me about the longest night', 5, 'Five at once'],
]

/** What to do here, for somebody who has read nothing. */
export function Welcome({ session, onView }: { session: ChatSession; onView(view: View): void }): VNode {
  const { chats, weather } = useSquall()
  const isGale = forecastOf(useStore(weather.faults)) === 'Gale'
  return (
    <div class="welcome">
      <p class="lead">Write something. Then make the weather worse.</p>
      <p>
        Every word a bot says carries a number. The counters above compare the numbers in your browser’s database with
        the server’s ledger, so whatever goes missing, doubles or strays into another chat shows up there.
      </p>
      <ol class="steps">
        <li>
          <h3>Ask</h3>
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
        </li>
        <li>
          <h3>Break it</h3>
          <button
            type="button"
            class="button"
            aria-pressed={isGale}
            onClick={() => void weather.change(faultsOf(isGale ? 'Calm' : 'Gale'))}
          >
            <WeatherIcon /> Make it a gale
          </button>
          <button type="button" class="button" onClick={() => onView('scenarios')}>
            <PlayIcon /> Play a scenario
          </button>
        </li>
        <li>
          <h3>Watch</h3>
          <p>Lost, doubled and wrong chat stay at 0. The x-ray shows why.</p>
        </li>
      </ol>
    </div>
  )
}
