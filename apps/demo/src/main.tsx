import { render } from 'preact'
import './styles/base.css'
import './styles/layout.css'
import './styles/strip.css'
import './styles/chats.css'
import './styles/conversation.css'
import './styles/lab.css'
import './styles/menu.css'
import './styles/messages.css'
import './styles/prose.css'
import './styles/shortcuts.css'
import './styles/weather.css'
import './styles/xray.css'
import './styles/service.css'
import './styles/narrow.css'
import './styles/motion.css'
import { openSquall } from './squall.ts'
import { startWorker } from './start-worker.ts'
import { App } from './ui/app.tsx'
import { SquallContext } from './ui/squall-context.ts'

const place = document.getElementById('app')
if (!place) throw new Error('the page has no #app')
try {
  if (import.meta.env.MODE === 'static') await startWorker()
  const squall = await openSquall()
  render(
    <SquallContext.Provider value={squall}>
      <App />
    </SquallContext.Provider>,
    place,
  )
} catch (error) {
  render(
    <div class="no-start" role="alert">
      <p>Squall could not start: {(error as Error).message}</p>
      <button type="button" class="button" onClick={() => location.reload()}>
        Try again
      </button>
    </div>,
    place,
  )
}
