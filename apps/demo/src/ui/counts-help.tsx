import type { VNode } from 'preact'
import { COUNTS } from './counts.ts'

/** What the counters mean, for who cannot hover over them as well. */
export function CountsHelp(): VNode {
  return (
    <>
      <button type="button" class="icon-button" aria-label="What the counters mean" popovertarget="counts-help">
        ?
      </button>
      <div id="counts-help" class="menu counts-help" popover="auto">
        <p>
          Your messages and the bots’ words, counted again and again: what your browser’s database has, against what was
          sent from both sides.
        </p>
        <dl>
          {COUNTS.map(({ name, label, means }) => (
            <div key={name}>
              <dt>{label}</dt>
              <dd>{means}</dd>
            </div>
          ))}
        </dl>
      </div>
    </>
  )
}
