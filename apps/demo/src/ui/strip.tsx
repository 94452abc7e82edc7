import type { ComponentChildren, VNode } from 'preact'
import type { AuditReport } from '../audit/auditor.ts'
import { COUNTS, FAULTY } from './counts.ts'
import { CountsHelp } from './counts-help.tsx'
import { useSquall } from './squall-context.ts'
import { useStore } from './use-store.ts'
import { WaveMark } from './wave-mark.tsx'

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
            <dd title={`${report.messages[name]} messages, ${report.tokens[name]} words`}>
              {report.total[name].toLocaleString('en')}
            </dd>
          </div>
        ))}
      </dl>
      <CountsHelp />
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
