import { expect, it } from 'vitest'
import { deferred } from '../test/deferred.ts'
import { createSessionManager } from './index.ts'

/** Two sessions, the second one current, and a switch to the first that waits until its turn ends. */
async function waitingSwitch() {
  const manager = createSessionManager()
  const { id } = await manager.create()
  const busy = await manager.create()
  const end = deferred()
  const started = deferred()
  void busy.turn(() => {
    started.resolve()
    return end.promise
  })
  await started.promise
  return { manager, id, busy, end: end.resolve, switched: manager.switchTo(id, { onBusy: 'wait' }) }
}

it('made a session current that was deleted while the switch to it waited', async () => {
  const { manager, id, busy, end, switched } = await waitingSwitch()
  const refused = expect(switched).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
  await manager.delete(id)
  end()
  await refused
  expect(manager.current).toBe(busy)
})

it('forgot the switch that was asked for when a create after it was refused', async () => {
  const { manager, id, busy, end, switched } = await waitingSwitch()
  await expect(manager.create({ id: busy.id })).rejects.toMatchObject({ code: 'VALIDATION' })
  end()
  expect(manager.current).toBe(busy)
  expect(await switched).toBe(manager.current)
  expect(manager.current?.id).toBe(id)
})
