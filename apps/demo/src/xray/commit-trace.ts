import type { Change } from '@x/session-manager'
import type { ChatManager } from '../chat/chats.ts'
import { Observable } from '../chat/observable.ts'

/** What became of one write of a chat. */
export interface Commit {
  readonly key: string
  readonly chat: string
  readonly outcome: 'stored' | 'conflicted' | 'failed'
  /** The version that the chat has by it, in the store. */
  readonly version?: number
  readonly what: string
  readonly durationMs?: number
  readonly at: number
}

const MOST_COMMITS = 6

/** The latest commits of all chats, newest first; of this tab alone. */
export class CommitTrace {
  readonly commits = new Observable<readonly Commit[]>([])
  #count = 0

  constructor(manager: Pick<ChatManager, 'on'>) {
    manager.on('commit-stored', ({ id, version, changes, durationMs }) =>
      this.#add({ chat: id, outcome: 'stored', version, what: describeChanges(changes), durationMs }),
    )
    manager.on('commit-conflicted', ({ id }) =>
      this.#add({ chat: id, outcome: 'conflicted', what: 'somebody wrote first: put on top of it' }),
    )
    manager.on('commit-failed', ({ id, error }) =>
      this.#add({ chat: id, outcome: 'failed', what: `kept, tried again: ${error.message}` }),
    )
  }

  #add(commit: Omit<Commit, 'key' | 'at'>): void {
    const added = { ...commit, key: String(++this.#count), at: performance.now() }
    this.commits.update(commits => [added, ...commits].slice(0, MOST_COMMITS))
  }
}

const NAMES: Record<Change['type'], string> = {
  create: 'a new chat',
  append: 'message',
  replace: 'rewritten message',
  remove: 'removed message',
  truncate: 'cut',
  delta: 'streamed piece',
  set: 'title or settings',
  purge: 'erased chat',
}

/** As people say it: `2 messages, title or settings`. */
export function describeChanges(changes: readonly Change[]): string {
  const counts = new Map<Change['type'], number>()
  for (const change of changes) {
    const count = change.type === 'append' ? change.messages.length : 1
    counts.set(change.type, (counts.get(change.type) ?? 0) + count)
  }
  return [...counts].map(([type, count]) => (count === 1 ? NAMES[type] : `${count} ${NAMES[type]}s`)).join(', ')
}
