import { delay } from '@x/retry'
import { createSessionManager } from '@x/session-manager'
import { indexedDBStore } from '@x/session-manager/indexeddb'
import { Auditor } from './audit/auditor.ts'
import { Witness } from './audit/witness.ts'
import { chatInAddress } from './chat/address.ts'
import { Answers } from './chat/answers.ts'
import { Chats } from './chat/chats.ts'
import type { ChatMessage, ChatMetadata } from './chat/messages.ts'
import { loadModels, type Model } from './chat/models.ts'
import { newId } from './chat/new-id.ts'
import { tellFailures } from './chat/tell-failures.ts'
import { Lab } from './lab/lab.ts'
import { ThemeControl } from './theme.ts'
import { WeatherControl } from './weather/weather.ts'
import { CommitTrace } from './xray/commit-trace.ts'
import { LockTrace } from './xray/lock-trace.ts'
import { RetryTrace } from './xray/retry-trace.ts'
import { ServiceTrace } from './xray/service-trace.ts'
import { TabTrace } from './xray/tab-trace.ts'
import type { Xray } from './xray/xray.ts'

const DATABASE = 'squall'
const CLIENT = 'squall.client'
const AUDIT_EVERY_MS = 400

/** The whole page but what is drawn. */
export interface Squall {
  readonly models: readonly Model[]
  readonly chats: Chats
  readonly answers: Answers
  readonly auditor: Auditor
  readonly weather: WeatherControl
  readonly xray: Xray
  readonly lab: Lab
  readonly look: ThemeControl
}

export async function openSquall(): Promise<Squall> {
  const client = clientName()
  const tab = newId()
  const lockTrace = new LockTrace()
  const retryTrace = new RetryTrace()
  const manager = createSessionManager<ChatMessage, ChatMetadata>({ store: indexedDBStore({ name: DATABASE }) })
  const commitTrace = new CommitTrace(manager)
  const tabTrace = new TabTrace(manager, tab)
  const witness = new Witness(localStorage, tab, sender => tabTrace.tabs.getSnapshot().some(({ id }) => id === sender))
  const answers = new Answers({ client, retryTrace, lockTrace })
  const chats = new Chats(manager, answers, witness)
  tellFailures(chats)
  const auditor = new Auditor({ store: indexedDBStore({ name: DATABASE }), witness, client })
  const weather = new WeatherControl()

  tabTrace.onGone = () => void chats.takeOver()
  manager.on('commit-stored', () => void auditor.check())
  void auditFromNowOn(auditor)
  const [models] = await Promise.all([loadModels(), weather.load(), chats.begin(chatInAddress())])
  const xray: Xray = {
    turns: lockTrace.turns,
    calls: retryTrace.calls,
    service: new ServiceTrace(),
    commits: commitTrace.commits,
    tabs: tabTrace.tabs,
    titles: { subscribe: manager.subscribe, getSnapshot: () => manager.getSnapshot().sessions },
    nameOf: () => 'Deleted chat',
  }
  return { models, chats, answers, auditor, weather, xray, lab: new Lab(), look: new ThemeControl(localStorage) }
}

async function auditFromNowOn(auditor: Auditor): Promise<never> {
  for (;;) {
    await auditor.check()
    await delay(AUDIT_EVERY_MS)
  }
}

/** The name under which the server's ledger knows this browser. */
function clientName(): string {
  const known = localStorage.getItem(CLIENT) ?? newId()
  localStorage.setItem(CLIENT, known)
  return known
}
