import type { AuditReport } from '../audit/auditor.ts'
import { Observable } from '../chat/observable.ts'
import { MOST_TOKENS } from '../chat/service.ts'
import type { Commit } from '../xray/commit-trace.ts'
import type { Turn } from '../xray/lock-trace.ts'
import type { Call } from '../xray/retry-trace.ts'
import type { ServiceState } from '../xray/service-trace.ts'
import type { OpenTab } from '../xray/tab-trace.ts'
import type { Watchable } from '../xray/watchable.ts'
import type { Xray } from '../xray/xray.ts'
import type { TabXray } from './tab-xray.ts'

const MOST_COMMITS = 6

/** What the tabs of a scenario tell of themselves, as one. */
export class StageXray implements Xray {
  readonly turns = new Observable<readonly Turn[]>([])
  readonly calls = new Observable<readonly Call[]>([])
  readonly commits = new Observable<readonly Commit[]>([])
  readonly service = new Observable<ServiceState>({ breaker: 'closed', tokens: MOST_TOKENS })
  readonly tabs = new Observable<readonly OpenTab[]>([])
  readonly titles: Watchable<AuditReport['chats']>
  readonly #told = new Map<string, TabXray>()

  constructor(titles: Watchable<AuditReport['chats']>) {
    this.titles = titles
  }

  nameOf(chat: string): string {
    return chat
  }

  heard(tab: string, told: TabXray): void {
    this.#told.set(tab, inTimeOfPage(told))
    this.#show()
  }

  /** A tab that was killed tells nothing any more. */
  forget(tab: string): void {
    this.#told.delete(tab)
    this.#show()
  }

  #show(): void {
    const all = [...this.#told.values()]
    this.turns.set(all.flatMap(({ turns }) => turns).sort((one, other) => one.askedAt - other.askedAt))
    this.calls.set(all.flatMap(({ calls }) => calls).sort((one, other) => other.startedAt - one.startedAt))
    const commits = [...this.#told].flatMap(([tab, told]) =>
      told.commits.map(commit => ({ ...commit, key: `${tab} ${commit.key}` })),
    )
    this.commits.set(commits.sort((one, other) => other.at - one.at).slice(0, MOST_COMMITS))
    // Each tab has its own; the one in trouble is the one to look at.
    const [worst] = all.map(({ service }) => service).sort((one, other) => one.tokens - other.tokens)
    if (worst) this.service.set(worst)
    this.tabs.set([...this.#told].map(([id, told]) => ({ id, isThis: false, chat: told.chat, leads: leadsOf(told) })))
  }
}

function leadsOf({ turns }: TabXray): string[] {
  return turns.flatMap(({ chat, grantedAt, endedAt }) =>
    grantedAt !== undefined && endedAt === undefined ? [chat] : [],
  )
}

/** Each tab's clock began when the tab did. */
function inTimeOfPage(told: TabXray): TabXray {
  const ahead = told.bornAt - performance.timeOrigin
  const moved = <T extends object>(item: T): T => {
    const times = Object.entries(item).map(([name, value]) =>
      name.endsWith('At') || name === 'at' ? [name, Number(value) + ahead] : [name, value],
    )
    return Object.fromEntries(times)
  }
  return {
    ...told,
    turns: told.turns.map(moved),
    commits: told.commits.map(moved),
    calls: told.calls.map(call => ({
      ...moved(call),
      attempts: call.attempts.map(moved),
      waits: call.waits.map(moved),
    })),
  }
}
