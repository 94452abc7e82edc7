import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { type Invitation, linkTo } from '../lab/lab.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { scenarios } from '../scenarios/scenarios.ts'
import { useSquall } from './squall-context.ts'
import { StageView } from './stage-view.tsx'
import { useStore } from './use-store.ts'

/** The scenarios, and the one that is played: the old way and ours side by side. */
export function LabView({ invitation }: { invitation: Invitation | undefined }): VNode {
  const { lab } = useSquall()
  const performance = useStore(lab.performance)
  const [seed, setSeed] = useState(invitation?.seed ?? 1)
  const busy = performance?.isOver === false
  const title = useRef<HTMLHeadingElement>(null)
  const playing = busy ? performance : undefined
  useEffect(() => {
    // The stage is above the list that it was chosen from.
    if (!playing) return
    title.current?.closest('.lab-body')?.scrollTo(0, 0)
    title.current?.focus({ preventScroll: true })
  }, [playing])
  useEffect(() => {
    if (invitation) void lab.play(invitation)
  }, [lab, invitation])
  return (
    <section class="panel lab" aria-labelledby="lab-title">
      <div class="conversation-head">
        <h2 id="lab-title">Scenarios</h2>
        <label class="bot-choice">
          <span>Seed</span>
          <input
            class="seed"
            type="number"
            min={0}
            max={9999}
            value={seed}
            onChange={event => setSeed(event.currentTarget.valueAsNumber || 0)}
          />
        </label>
      </div>
      <div class="lab-body">
        {performance ? (
          <article class="performance" aria-label={performance.scenario.title}>
            <h3 ref={title} tabIndex={-1}>
              {performance.scenario.title}
            </h3>
            <p class="explain">{performance.scenario.look}</p>
            <div class="stages">
              {performance.stages.map(({ way, stage }) => (
                <StageView
                  key={`${way} ${performance.scenario.name}`}
                  way={way}
                  stage={stage}
                  why={performance.scenario.why[way]}
                />
              ))}
            </div>
          </article>
        ) : (
          <p class="lab-lead">
            {scenarios.length} ways in which a chat goes wrong, each played twice at the same time: the old way, where
            the last write wins and nothing is locked, beside ours. The same clicks, the same weather.
          </p>
        )}
        <ol class="scenarios">
          {scenarios.map(scenario => (
            <ScenarioRow
              key={scenario.name}
              scenario={scenario}
              seed={seed}
              isCurrent={scenario === performance?.scenario}
              busy={busy}
            />
          ))}
        </ol>
      </div>
    </section>
  )
}

interface RowProps {
  readonly scenario: Scenario
  readonly seed: number
  readonly isCurrent: boolean
  readonly busy: boolean
}

function ScenarioRow({ scenario, seed, isCurrent, busy }: RowProps): VNode {
  const { lab } = useSquall()
  const play = (): void => {
    history.replaceState(null, '', `${linkTo(scenario, seed)}${location.hash}`)
    void lab.play({ scenario, seed, ways: ['old', 'ours'] })
  }
  return (
    <li class="scenario" aria-current={isCurrent ? 'true' : undefined}>
      <h3>{scenario.title}</h3>
      <p class="explain">{scenario.look}</p>
      <div class="scenario-actions">
        <button type="button" class="button" aria-label={`Play both: ${scenario.title}`} disabled={busy} onClick={play}>
          Play both
        </button>
        <a href={linkTo(scenario, seed, 'old')} aria-label={`old way only: ${scenario.title}`}>
          old way only
        </a>
        <a href={linkTo(scenario, seed, 'ours')} aria-label={`ours only: ${scenario.title}`}>
          ours only
        </a>
      </div>
    </li>
  )
}
