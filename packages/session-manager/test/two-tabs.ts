import {
  createSessionManager,
  memoryStore,
  type Session,
  type SessionManager,
  type SessionManagerOptions,
  type SessionStore,
  type TurnOptions,
} from '../src/index.ts'
import { deferred } from './deferred.ts'
import type { ChatMessage } from './faulty-store.ts'

type Manager = SessionManager<ChatMessage>
type Handle = Session<ChatMessage>

interface TwoTabs {
  readonly ours: Manager
  readonly theirs: Manager
  readonly a: Handle
  readonly b: Handle
}

interface BegunTurn {
  readonly session: Handle
  readonly signal: AbortSignal
  readonly end: () => void
  readonly ended: Promise<void>
}

/** Two managers that share a store, and a handle each; `options` are those of the second. */
export async function twoTabs(
  store: SessionStore = memoryStore(),
  theirStore: SessionStore = store,
  options: Partial<SessionManagerOptions<ChatMessage>> = {},
): Promise<TwoTabs> {
  const ours = createSessionManager<ChatMessage>({ store })
  const theirs = createSessionManager<ChatMessage>({ ...options, store: theirStore })
  const a = await ours.create()
  return { ours, theirs, a, b: await theirs.open(a.id) }
}

/** Begins a turn, resolves with it once it runs, and lets it end when `end` is called. */
export async function begun(session: Handle, options?: TurnOptions): Promise<BegunTurn> {
  const { promise, resolve: end } = deferred()
  const started = deferred<Pick<BegunTurn, 'session' | 'signal'>>()
  const ended = session.turn(async turn => {
    started.resolve(turn)
    await promise
  }, options)
  ended.catch(started.reject)
  return { ...(await started.promise), end, ended }
}
