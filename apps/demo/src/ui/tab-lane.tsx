import type { VNode } from 'preact'
import { useStore } from './use-store.ts'
import { useTitles } from './use-titles.ts'
import { useXray } from './xray-context.ts'

/** Which tabs are open, and who writes. */
export function TabLane(): VNode {
  const tabs = useStore(useXray().tabs)
  const titleOf = useTitles()
  return (
    <section class="lane open-tabs" aria-labelledby="tabs-title">
      <h3 id="tabs-title">Tabs</h3>
      <p class="explain">All tabs share the chats; the one that writes a reply leads in that chat until it is done.</p>
      <ol>
        {tabs.map(({ id, isThis, chat, leads }, index) => (
          <li key={id} class="turn" data-state={leads.length > 0 ? 'holds' : 'idle'}>
            <span class="turn-state">{isThis ? 'this' : `tab ${index + 1}`}</span>
            <span class="turn-label">
              {leads.length > 0
                ? `leads in ${leads.map(titleOf).join(', ')}`
                : chat === undefined
                  ? 'opens'
                  : `shows ${titleOf(chat)}`}
            </span>
          </li>
        ))}
      </ol>
      {tabs.length === 1 && tabs[0]?.isThis && (
        <p class="quiet">Open this page in a second tab, and write in the same chat in both.</p>
      )}
    </section>
  )
}
