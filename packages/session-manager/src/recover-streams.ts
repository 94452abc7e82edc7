import { holdLock } from './hold-lock.ts'
import { ignore } from './ignore.ts'
import type { SessionState } from './session-state.ts'
import type { StoredMessage } from './session-store.ts'
import { wait } from './wait.ts'

/** Where locks tell nothing of a writer, it counts as gone when the session has stood still for this long. */
const STILL_MS = 5000

/**
 * Marks messages as `interrupted` whose writer is gone: it held a lock, and the
 * lock is free. A writer that lives, here or in another tab, keeps its message.
 * With `watch`, messages that are being written now are marked once their writer is gone. It costs the same however
 * long the session is: it is done at each change of another tab.
 */
export async function recoverStreams(state: SessionState, watch: boolean): Promise<void> {
  const streaming = state.session.confirmed.streaming.filter(message => isElsewhere(state, message))
  await Promise.all(
    streaming.map(async ({ id }) => {
      if (await isGone(state, id)) interrupt(state, id)
      else if (watch && !state.watched.has(id)) {
        state.watched.add(id)
        untilGone(state, id)
          .then(() => {
            if (!state.isFree) interrupt(state, id)
          }, ignore)
          .finally(() => state.watched.delete(id))
      }
    }),
  )
}

/** Whether somebody writes the message who is not us, and lives. */
export async function isWrittenElsewhere(state: SessionState, id: string): Promise<boolean> {
  const message = state.session.confirmed.message(id)
  return message !== undefined && isElsewhere(state, message) && !(await isGone(state, id))
}

function isElsewhere(state: SessionState, { id, status }: StoredMessage): boolean {
  return status === 'streaming' && !state.session.isLive(id)
}

async function isGone(state: SessionState, id: string): Promise<boolean> {
  const { locks, missesTabs } = state.around.scope
  if (missesTabs) return !state.watched.has(id) && Date.now() - state.session.confirmed.updatedAt > STILL_MS
  const free = await holdLock(locks, lockOf(state, id), { ifAvailable: true }).catch(ignore)
  free?.release()
  return free !== undefined
}

async function untilGone(state: SessionState, id: string): Promise<void> {
  const { scope, disposed, clock } = state.around
  if (!scope.missesTabs) {
    const held = await holdLock(scope.locks, lockOf(state, id), { signal: disposed })
    return held?.release()
  }
  let version: number
  do {
    version = state.session.confirmed.version
    await wait(STILL_MS, clock, disposed)
    await state.refresh()
  } while (version !== state.session.confirmed.version && !state.isFree)
}

function lockOf(state: SessionState, id: string): string {
  return `${state.around.scope.prefix}writer:${state.id}:${id}`
}

/** Marks a message whose writing has ended before its end. */
export function interrupt(state: SessionState, id: string): void {
  // Made again on what the store has by then: the writer's last words may not have come to us yet.
  const make = (base: SessionState['view']) => {
    const message = base.message(id)
    if (message?.status !== 'streaming' || state.session.isLive(id)) return []
    return [{ type: 'replace' as const, message: Object.freeze({ ...message, status: 'interrupted' as const }) }]
  }
  state.write({ make }).then(() => {
    if (state.view.message(id)?.status !== 'interrupted') return
    state.around.events.emit('message-interrupted', { id: state.id, messageId: id })
  }, ignore)
}
