import { collectGarbage } from 'test-fixtures/collect-garbage'
import { expect, it } from 'vitest'
import { type ChatMessage, faultyStore, sleep, user } from '../test/faulty-store.ts'
import { createSessionManager, memoryStore } from './index.ts'

/** How many of these have not been collected yet. */
async function left(refs: readonly WeakRef<object>[]): Promise<number> {
  await sleep(1)
  collectGarbage()
  return refs.filter(ref => ref.deref() !== undefined).length
}

it('kept every manager that was let go while a session was current, disposed or not', async () => {
  const letGo = async (isDisposed: boolean) => {
    const manager = createSessionManager()
    await manager.create()
    if (isDisposed) await manager[Symbol.asyncDispose]()
    return new WeakRef(manager)
  }
  const managers = [await letGo(true), await letGo(false)]

  await expect.poll(() => left(managers)).toBe(0)
})

it('kept the changes of every commit for as long as nobody else wrote to the session', async () => {
  const inner = memoryStore()
  const told: WeakRef<object>[] = []
  const watch: typeof inner.watch = listener =>
    inner.watch?.(notice => {
      const changes = structuredClone(notice.changes ?? [])
      told.push(new WeakRef(changes))
      listener({ ...notice, changes })
    }) ?? (() => {})
  await using manager = createSessionManager<ChatMessage>({ store: { ...faultyStore(inner), watch } })
  const session = await manager.create({ messages: [{ ...user('0'), id: 'a' } as ChatMessage] })

  for (let n = 1; n < 20; n++) await session.edit('a', { content: `${n}` })

  expect(told.length).toBe(20)
  await expect.poll(() => left(told)).toBeLessThan(3)
})
