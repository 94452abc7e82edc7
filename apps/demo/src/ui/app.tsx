import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { invitationIn } from '../lab/lab.ts'
import { Announcer } from './announcer.tsx'
import { ChatsPanel } from './chats-panel.tsx'
import { CommitLane } from './commit-lane.tsx'
import { Conversation } from './conversation.tsx'
import { ChatIcon, ChatsIcon, PlayIcon, WeatherIcon, XrayIcon } from './icons.tsx'
import { LabView } from './lab-view.tsx'
import { LockLane } from './lock-lane.tsx'
import { RetryLane } from './retry-lane.tsx'
import { ServiceLane } from './service-lane.tsx'
import { Shortcuts } from './shortcuts.tsx'
import { Strip } from './strip.tsx'
import { TabLane } from './tab-lane.tsx'
import { Toast } from './toast.tsx'
import { WeatherPanel } from './weather-panel.tsx'

const VIEWS = [
  ['chats', 'Chats', ChatsIcon],
  ['chat', 'Chat', ChatIcon],
  ['scenarios', 'Scenarios', PlayIcon],
  ['weather', 'Weather', WeatherIcon],
  ['xray', 'X-ray', XrayIcon],
] as const

/** On a wide window everything at once; on a narrow one the view that the tabs at the bottom choose. */
export function App(): VNode {
  const [invitation] = useState(() => invitationIn(location.search))
  const [view, setView] = useState<(typeof VIEWS)[number][0]>(invitation ? 'scenarios' : 'chat')
  return (
    <div class="app" data-view={view}>
      <Strip>
        <button
          type="button"
          class="button to-scenarios"
          aria-pressed={view === 'scenarios'}
          onClick={() => setView(view === 'scenarios' ? 'chat' : 'scenarios')}
        >
          <PlayIcon /> Scenarios
        </button>
      </Strip>
      <main class="views">
        <ChatsPanel onPick={() => setView('chat')} />
        <Conversation />
        <LabView invitation={invitation} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by the arrow keys */}
        <section class="side" aria-label="Weather and x-ray" tabIndex={0}>
          <WeatherPanel />
          <section class="panel xray" aria-labelledby="xray-title">
            <h2 id="xray-title">X-ray</h2>
            <LockLane />
            <RetryLane />
            <ServiceLane />
            <CommitLane />
            <TabLane />
          </section>
        </section>
      </main>
      <nav class="tabs" aria-label="Views">
        {VIEWS.map(([id, label, Icon]) => (
          <button key={id} type="button" aria-current={view === id ? 'true' : undefined} onClick={() => setView(id)}>
            <Icon />
            {label}
          </button>
        ))}
      </nav>
      <Toast />
      <Announcer />
      <Shortcuts />
    </div>
  )
}
