import { expect, it } from 'vitest'
import { OptimisticSession } from './optimistic-session.ts'

it('keeps an update that is on its way, and what is behind it, when a writer is lost', async () => {
  const session = new OptimisticSession('s')
  const update = session.add({ make: () => [{ type: 'set', title: 'Updated' }], once: true })
  const batch = session.nextBatch(1)
  void session.add({ make: () => [{ type: 'set', metadata: { behind: true } }] })
  session.overlay('m', { message: { id: 'm' }, rebase() {} })

  session.hide('m')
  session.confirm(batch, 1, Date.now())

  expect([await update, session.pending]).toEqual([true, 1])
  expect([session.view.title, session.view.metadata]).toEqual(['Updated', { behind: true }])
})
