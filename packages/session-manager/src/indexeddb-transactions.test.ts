import { expect, it } from 'vitest'
import { openTab, run } from '../test/chat-page.ts'
import { describeChat } from '../test/describe-chat.ts'

describeChat('transactions of indexedDBStore in Chromium', chat => {
  it.each([
    [undefined, 'strict'],
    ['relaxed', 'relaxed'],
  ])('are as durable as was asked (%s), and always relaxed for pieces of a stream', async (durability, expected) => {
    const page = await chat.browser.openPage()
    const seen = await run<string[]>(
      page,
      `const seen = []
       const { transaction } = IDBDatabase.prototype
       IDBDatabase.prototype.transaction = function (stores, mode, options) {
         const made = transaction.call(this, stores, mode, options)
         if (mode === 'readwrite') seen.push(made.durability)
         return made
       }
       const store = indexedDBStore({ name: 'durable ${durability}', durability: ${JSON.stringify(durability)} })
       const manager = createSessionManager({ store })
       const session = await manager.create()
       const writer = await session.stream({ role: 'assistant' })
       await manager.flush()
       writer.write('a piece')
       await manager.flush()
       await session.append(user('whole'))
       return seen`,
    )
    expect(seen).toEqual([expected, expected, 'relaxed', expected])
  })

  it('that another tab keeps open make a write wait in memory, which says so and is stored afterwards', async () => {
    const a = await openTab(chat.browser, 'held')
    const b = await openTab(chat.browser, 'held')
    await run(
      b,
      `const db = await new Promise(resolve => { indexedDB.open('chat').onsuccess = event => resolve(event.target.result) })
       const transaction = db.transaction('sessions', 'readwrite')
       const keep = () => { if (!globalThis.isOver) transaction.objectStore('sessions').get('x').onsuccess = keep }
       keep()`,
    )
    await run(a, `globalThis.stored = session.append(user('kept'))`)
    await expect.poll(() => run(a, 'return session.status'), { timeout: 25_000 }).toBe('unsaved')
    expect(await run(a, 'return texts()')).toEqual(['kept'])

    await run(b, 'globalThis.isOver = true')
    await run(a, 'await stored')
    expect(await run(a, `return (await store.load('held')).messages.map(each => each.content)`)).toEqual(['kept'])
  }, 60_000)
})
