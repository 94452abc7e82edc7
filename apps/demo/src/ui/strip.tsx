import type { ComponentChildren, VNode } from 'preact'
import type { Tally } from '../audit/audit.ts'
import type { AuditReport } from '../audit/auditor.ts'
import { useSquall } from './squall-context.ts'
import { useStore } from './use-store.ts'
import { WaveMark } from './wave-mark.tsx'

const COUNTS: readonly { name: keyof Tally; label: string; means: string }[] = [
  { name: 'sent', label: 'sent', means: 'Your messages and the numbered tokens that the bots said' },
  { name: 'stored', label: 'stored', means: 'Found in the database, in the chat they belong to' },
  { name: 'underWay', label: 'on the way', means: 'Not stored yet, and not said to be' },
  { name: 'lost', label: 'lost', means: 'Said to be stored, but not there' },
  { name: 'doubled', label: 'doubled', means: 'There more than once' },
  { name: 'wrongChat', label: 'wrong chat', means: 'There, but in another chat' },
]
const FAULTY: readonly (keyof Tally)[] = ['lost', 'doubled', 'wrongChat']

/** The counters that are always there: the store against what was sent from both sides. */
export function Strip({ children }: { children: ComponentChildren }): VNode {
  const report = useStore(useSquall().auditor.report)
  return (
    <header class="strip">
      <h1 class="brand">
        <WaveMark />
        <span>Squall</span>
        <small>a chat you are invited to break</small>
      </h1>
      {children}
      <dl class="counts">
        {COUNTS.map(({ name, label, means }) => (
          <div key={name} class="count" data-name={name} data-bad={FAULTY.includes(name) && report.total[name] > 0}>
            <dt title={means}>{label}</dt>
            <dd title={`${report.messages[name]} messages, ${report.tokens[name]} tokens`}>
              {report.total[name].toLocaleString('en')}
            </dd>
          </div>
        ))}
      </dl>
      <p class="verdict" data-state={stateOf(report)} role="status" title={`Compared ${report.comparisons} times`}>
        {verdictOf(report)}
      </p>
    </header>
  )
}

function stateOf({ state, total }: AuditReport): 'good' | 'bad' | 'unknown' {
  if (state !== 'compared') return 'unknown'
  return FAULTY.some(name => total[name] > 0) ? 'bad' : 'good'
}

function verdictOf(report: AuditReport): string {
  if (report.state === 'impossible') return 'Cannot compare now'
  if (report.state === 'unread') return 'Reading'
  return stateOf(report) === 'good' ? 'All accounted for' : 'Something went wrong'
}
