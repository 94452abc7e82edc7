import { holdLock } from './hold-lock.ts'
import { ignore } from './ignore.ts'
import type { SessionState } from './session-state.ts'

/**
 * Marks messages as `interrupted` whose writer is gone: it held a lock, and the
 * lock is free. A writer that lives, here or in another tab, keeps its message.
 * With `watch`, messages that are being written now are marked once their writer is gone.
 */
export async function recoverStreams(state: SessionState, watch: boolean): Promise<void> {
  const { locks, prefix } = state.around.scope
  const streaming = state.session.confirmed.messages.filter(
    ({ id, status }) => status === 'streaming' && !state.session.isLive(id) && !state.watched.has(id),
  )
  await Promise.all(
    streaming.map(async ({ id }) => {
      const name = `${prefix}writer:${state.id}:${id}`
      const free = await holdLock(locks, name, { ifAvailable: true }).catch(ignore)
      if (free) {
        interrupt(state, id)
        free.release()
      } else if (watch) {
        state.watched.add(id)
        holdLock(locks, name, { signal: state.around.disposed })
          .then(held => {
            held?.release()
            if (!state.isFree) interrupt(state, id)
          }, ignore)
          .finally(() => state.watched.delete(id))
      }
    }),
  )
}

function interrupt(state: SessionState, id: string): void {
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
