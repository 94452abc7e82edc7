import type { VNode } from 'preact'
import type { Attempt, Call, Outcome, Wait } from '../xray/retry-trace.ts'
import { seconds } from './seconds.ts'
import { useNow } from './use-now.ts'
import { useStore } from './use-store.ts'
import { useXray } from './xray-context.ts'

const MOST_ROWS = 8
const SHORTEST_MS = 2000
const OUTCOMES: Record<Outcome, string> = {
  running: 'under way',
  complete: 'complete',
  refused: 'refused',
  cut: 'cut off',
  silent: 'fell silent',
  stopped: 'stopped',
}

/** Each reply on its own time line. */
export function RetryLane(): VNode {
  const calls = useStore(useXray().calls)
  const now = useNow(calls.some(call => call.endedAt === undefined))
  return (
    <section class="lane retries" aria-labelledby="retries-title">
      <h3 id="retries-title">Retries</h3>
      <p class="explain">
        Each reply on a time line: bars are attempts, gaps are waits, some of them asked for by the server.
      </p>
      {calls.length === 0 ? (
        <p class="quiet">Nothing tried yet. In a gale, a single reply may take several attempts.</p>
      ) : (
        <ol>
          {calls.slice(0, MOST_ROWS).map(call => (
            <CallRow key={call.id} call={call} now={now} />
          ))}
        </ol>
      )}
      <ul class="legend">
        <li data-outcome="running">under way</li>
        <li data-outcome="complete">answered</li>
        <li data-outcome="refused">refused</li>
        <li data-outcome="cut">cut off</li>
        <li data-outcome="silent">silent</li>
      </ul>
    </section>
  )
}

function CallRow({ call, now }: { call: Call; now: number }): VNode {
  const end = call.endedAt ?? now
  const span = Math.max(end - call.startedAt, SHORTEST_MS)
  const place = (from: number, to: number) => ({
    left: `${((from - call.startedAt) / span) * 100}%`,
    width: `${(Math.max(to - from, 0) / span) * 100}%`,
  })
  const tries = call.attempts.length
  return (
    <li class="call">
      <p class="call-head">
        <span class="call-label">{call.label}</span>
        <span class="call-sum">
          {tries} {tries === 1 ? 'attempt' : 'attempts'}, {seconds(end - call.startedAt)}
        </span>
      </p>
      <div class="track" role="img" aria-label={describe(call)}>
        {call.waits.map(wait => (
          <WaitMark
            key={wait.startedAt}
            wait={wait}
            place={place(wait.startedAt, Math.min(wait.startedAt + wait.delayMs, end))}
          />
        ))}
        {call.attempts.map(attempt => (
          <span
            key={attempt.startedAt}
            class="attempt"
            data-outcome={attempt.outcome}
            title={nameOf(attempt)}
            style={place(attempt.startedAt, attempt.endedAt ?? end)}
          >
            {attempt.status !== undefined && <span class="status">{attempt.status}</span>}
          </span>
        ))}
      </div>
    </li>
  )
}

function WaitMark({ wait, place }: { wait: Wait; place: { left: string; width: string } }): VNode {
  return (
    <span class="wait" style={place} title={`waits ${seconds(wait.delayMs)}`}>
      {wait.hintMs !== undefined && <span class="hint">asked for {seconds(wait.hintMs)}</span>}
    </span>
  )
}

function nameOf({ outcome, status }: Attempt): string {
  return status === undefined ? OUTCOMES[outcome] : `${OUTCOMES[outcome]} with ${status}`
}

function describe({ attempts, waits }: Call): string {
  const waited = waits.reduce((sum, { delayMs }) => sum + delayMs, 0)
  return `Attempts: ${attempts.map(nameOf).join(', ')}. Waits: ${seconds(waited)} in all.`
}
