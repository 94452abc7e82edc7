import type { VNode } from 'preact'
import { useStore } from './use-store.ts'
import { useTitles } from './use-titles.ts'
import { useXray } from './xray-context.ts'

/** What was stored last, commit by commit. */
export function CommitLane(): VNode {
  const commits = useStore(useXray().commits)
  const titleOf = useTitles()
  return (
    <section class="lane commits" aria-labelledby="commits-title">
      <h3 id="commits-title">Commits</h3>
      <p class="explain">Each write is stored whole or not at all, and makes the next version of its chat.</p>
      {commits.length === 0 && <p class="quiet">Nothing written yet. A reply is stored piece by piece as it comes.</p>}
      <ol>
        {commits.map(({ key, chat, outcome, version, what, durationMs }) => (
          <li key={key} class="commit" data-outcome={outcome} title={titleOf(chat)}>
            <span class="commit-version">{version === undefined ? outcome : `v${version}`}</span>
            <span class="commit-what">{what}</span>
            {durationMs !== undefined && <span class="commit-time">{Math.round(durationMs)} ms</span>}
          </li>
        ))}
      </ol>
    </section>
  )
}
