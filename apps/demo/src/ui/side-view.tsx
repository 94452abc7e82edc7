import type { VNode } from 'preact'
import type { Performance } from '../lab/lab.ts'
import { CommitLane } from './commit-lane.tsx'
import { LockLane } from './lock-lane.tsx'
import { RetryLane } from './retry-lane.tsx'
import { ServiceLane } from './service-lane.tsx'
import { useSquall } from './squall-context.ts'
import { StageWeather } from './stage-weather.tsx'
import { TabLane } from './tab-lane.tsx'
import { useStore } from './use-store.ts'
import { WeatherPanel } from './weather-panel.tsx'
import { XrayContext } from './xray-context.ts'

export type Subject = 'chats' | 'scenario'

interface Props {
  /** Whose weather and whose inside is shown, once a scenario was played. */
  readonly subject: Subject
  onSubject(subject: Subject): void
}

/** The weather and the x-ray: of the visitor's own chats, or of the scenario that is played. */
export function SideView({ subject, onSubject }: Props): VNode {
  const { lab, xray } = useSquall()
  const performance = useStore(lab.performance)
  const shown = subject === 'scenario' ? performance : undefined
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by the arrow keys
    <section class="side" aria-label="Weather and x-ray" tabIndex={0}>
      {performance && (
        <fieldset class="subjects choices">
          <legend class="sr-only">Weather and x-ray of</legend>
          <button type="button" class="choice" aria-pressed={!shown} onClick={() => onSubject('chats')}>
            Your chats
          </button>
          <button type="button" class="choice" aria-pressed={shown !== undefined} onClick={() => onSubject('scenario')}>
            The scenario
          </button>
        </fieldset>
      )}
      {shown?.stages[0] ? (
        <StageWeather stage={shown.stages[0].stage} title={shown.scenario.title} />
      ) : (
        <WeatherPanel />
      )}
      <section class="panel xray" aria-labelledby="xray-title">
        <h2 id="xray-title">X-ray</h2>
        <p class="explain">{shown ? aboutScenario(shown) : 'What happens underneath, in this tab, as it happens.'}</p>
        {(!shown || oursOf(shown)) && (
          <XrayContext.Provider value={oursOf(shown) ?? xray}>
            <LockLane />
            <RetryLane />
            <ServiceLane />
            <CommitLane />
            <TabLane />
          </XrayContext.Provider>
        )}
      </section>
    </section>
  )
}

function oursOf(performance: Performance | undefined) {
  return performance?.stages.find(({ way }) => way === 'ours')?.stage.xray
}

function aboutScenario(performance: Performance): string {
  return oursOf(performance)
    ? `What happens underneath in “${performance.scenario.title}”, our way. The old way has nothing to look into.`
    : 'The old way has no locks, no commits, and nobody who tells of a retry: there is nothing to look into.'
}
