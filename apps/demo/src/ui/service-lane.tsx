import type { VNode } from 'preact'
import { MOST_TOKENS } from '../chat/service.ts'
import { useNow } from './use-now.ts'
import { useStore } from './use-store.ts'
import { useXray } from './xray-context.ts'

const STATES = {
  closed: ['Closed', 'requests go through'],
  open: ['Open', 'nobody asks the server for a moment'],
  'half-open': ['Half open', 'one request probes the server'],
} as const

/** The breaker and the budget that all replies share. */
export function ServiceLane(): VNode {
  const xray = useXray()
  const calls = useStore(xray.calls)
  const { breaker: state, tokens } = useStore(xray.service)
  useNow(state !== 'closed' || calls.some(call => call.endedAt === undefined))
  const [name, meaning] = STATES[state]
  return (
    <section class="lane service" aria-labelledby="service-title">
      <h3 id="service-title">Breaker and budget</h3>
      <p class="explain">
        Shared by all replies: failures in a row open the breaker, and each retry is paid for from the budget.
      </p>
      <p class="breaker" data-state={state}>
        <span class="breaker-state">{name}</span> {meaning}
      </p>
      <div class="budget">
        <span>Budget</span>
        <meter aria-label="Retry budget" min={0} max={MOST_TOKENS} low={MOST_TOKENS / 5} value={tokens} />
        <span class="budget-left">
          {tokens} of {MOST_TOKENS}
        </span>
      </div>
    </section>
  )
}
