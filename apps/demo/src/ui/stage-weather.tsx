import type { VNode } from 'preact'
import type { Stage } from '../lab/stage.ts'
import { describeFaults } from '../weather/forecast.ts'
import { useStore } from './use-store.ts'

/** The weather that a scenario makes for itself. */
export function StageWeather({ stage, title }: { stage: Stage; title: string }): VNode {
  const faults = useStore(stage.faults)
  return (
    <section class="panel weather" aria-labelledby="weather-title">
      <h2 id="weather-title">Weather</h2>
      <p class="explain">“{title}” makes its own, the same for both ways; the weather of your chats is left alone.</p>
      <p class="faults">{describeFaults(faults)}</p>
    </section>
  )
}
