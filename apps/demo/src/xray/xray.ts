import type { Commit } from './commit-trace.ts'
import type { Turn } from './lock-trace.ts'
import type { Call } from './retry-trace.ts'
import type { ServiceState } from './service-trace.ts'
import type { OpenTab } from './tab-trace.ts'
import type { Watchable } from './watchable.ts'

/** All that the lanes show: of this page and its tabs, or of a scenario and its own. */
export interface Xray {
  readonly turns: Watchable<readonly Turn[]>
  readonly calls: Watchable<readonly Call[]>
  readonly service: Watchable<ServiceState>
  readonly commits: Watchable<readonly Commit[]>
  readonly tabs: Watchable<readonly OpenTab[]>
  /** What the chats are called now. */
  readonly titles: Watchable<readonly { readonly id: string; readonly title?: string }[]>
  /** What to call a chat that is not among them. */
  nameOf(chat: string): string
}
