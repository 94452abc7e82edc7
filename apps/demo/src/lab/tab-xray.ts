import type { Commit } from '../xray/commit-trace.ts'
import type { Turn } from '../xray/lock-trace.ts'
import type { Call } from '../xray/retry-trace.ts'
import type { ServiceState } from '../xray/service-trace.ts'
import type { Xray } from '../xray/xray.ts'

/** What a tab of a scenario tells of itself. */
export interface TabXray {
  readonly turns: readonly Turn[]
  readonly calls: readonly Call[]
  readonly commits: readonly Commit[]
  readonly service: ServiceState
  readonly chat: string | undefined
  /** When the tab's clock began, in the time of all. */
  readonly bornAt: number
}

const TELL_EVERY_MS = 100

/** Tells what changed, ten times a second at most. */
export function tellOf(
  xray: Pick<Xray, 'turns' | 'calls' | 'commits' | 'service'>,
  chatShown: () => string | undefined,
  tell: (xray: TabXray) => void,
): void {
  let last: readonly unknown[] = []
  setInterval(() => {
    const [turns, calls, commits] = [xray.turns.getSnapshot(), xray.calls.getSnapshot(), xray.commits.getSnapshot()]
    const [service, chat] = [xray.service.getSnapshot(), chatShown()]
    const next = [turns, calls, commits, service, chat]
    if (next.every((value, index) => value === last[index])) return
    last = next
    tell({ turns, calls, commits, service, chat, bornAt: performance.timeOrigin })
  }, TELL_EVERY_MS)
}
