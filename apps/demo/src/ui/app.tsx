import type { VNode } from 'preact'
import { useCallback, useState } from 'preact/hooks'
import { invitationIn } from '../lab/lab.ts'
import { Announcer } from './announcer.tsx'
import { ChatsPanel } from './chats-panel.tsx'
import { Conversation } from './conversation.tsx'
import { PlayIcon } from './icons.tsx'
import { LabView } from './lab-view.tsx'
import { Shortcuts } from './shortcuts.tsx'
import { SideView, type Subject } from './side-view.tsx'
import { Strip } from './strip.tsx'
import { Toast } from './toast.tsx'
import { VIEWS, type View } from './views.ts'

/** On a wide window everything at once; on a narrow one the view that the tabs at the bottom choose. */
export function App(): VNode {
  const [invitation] = useState(() => invitationIn(location.search))
  const [view, setView] = useState<View>(invitation ? 'scenarios' : 'chat')
  const [subject, setSubject] = useState<Subject>(invitation ? 'scenario' : 'chats')
  const go = useCallback((to: View): void => {
    setView(to)
    // The weather and the x-ray are about what was in front last.
    if (to === 'scenarios') setSubject('scenario')
    if (to === 'chat') setSubject('chats')
  }, [])
  return (
    <div class="app" data-view={view}>
      <Strip>
        <button
          type="button"
          class="button to-scenarios"
          aria-pressed={view === 'scenarios'}
          onClick={() => go(view === 'scenarios' ? 'chat' : 'scenarios')}
        >
          <PlayIcon /> Scenarios
        </button>
      </Strip>
      <main class="views">
        <ChatsPanel onPick={() => go('chat')} />
        <Conversation onView={go} />
        <LabView invitation={invitation} />
        <SideView subject={subject} onSubject={setSubject} />
      </main>
      <nav class="tabs" aria-label="Views">
        {VIEWS.map(([id, label, Icon]) => (
          <button key={id} type="button" aria-current={view === id ? 'true' : undefined} onClick={() => go(id)}>
            <Icon />
            {label}
          </button>
        ))}
      </nav>
      <Toast />
      <Announcer />
      <Shortcuts onView={go} />
    </div>
  )
}
