import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, skipsBrowser } from '../test/browser.ts'
import { openChat, openTab, run } from '../test/chat-page.ts'

describe.skipIf(skipsBrowser)('indexedDBStore when Chromium is in the way', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await openChat()
  })
  afterEach(async () => {
    for (const page of browser.context.pages()) await page.close()
  })
  afterAll(async () => browser[Symbol.asyncDispose]())

  it('keeps what does not fit, says so, and stores it when there is room again', async () => {
    const tab = await browser.openPage()
    const client = await browser.context.newCDPSession(tab)
    const origin = new URL(browser.url).origin
    await client.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_000_000 })

    // Before the database is opened: Chromium remembers for a while how much room there was.
    const [code, status, isShown] = await run<[string, string, boolean]>(
      tab,
      `await begin('quota')
       let code
       for (let n = 0; !code && n < 40; n++) {
         session.append(user(noise(500_000))).catch(() => {})
         code = await manager.flush().then(() => sleep(100), error => error.code)
       }
       session.append(user('small')).catch(() => {})
       return [code, session.status, texts().at(-1) === 'small']`,
    )
    expect([code, status, isShown]).toEqual(['STORE_QUOTA', 'unsaved', true])
    expect(await run<boolean>(tab, `return (await manager.export()).includes('small')`)).toBe(true)

    await client.send('Storage.overrideQuotaForOrigin', { origin })
    await expect
      .poll(() => run(tab, 'await manager.flush().catch(() => {}); return session.status'), { timeout: 15_000 })
      .toBe('saved')
    expect(await run(tab, `return (await store.load('quota')).messages.length === session.messages.length`)).toBe(true)
  }, 30_000)

  it('gives way to another tab that upgrades or deletes the database, and opens it again', async () => {
    const [a, b] = [await openTab(browser, 'way'), await openTab(browser, 'way')]
    await run(a, `await session.append(user('before'))`)

    const outcome = await run(
      b,
      `await store.close()
       return new Promise(resolve => {
         const request = indexedDB.deleteDatabase('chat')
         request.onsuccess = () => resolve('deleted')
         request.onblocked = () => resolve('blocked')
       })`,
    )

    expect(outcome).toBe('deleted')
    expect(await run(a, `await manager.create({ id: 'after' }); return (await store.load('after')).id`)).toBe('after')
  })

  it('says within 20 s that another tab blocks it, and goes on when that has ended', async () => {
    const [a, b] = [await browser.openPage(), await browser.openPage()]
    // A tab of an older version, which ignores that somebody waits.
    await run(
      b,
      `await new Promise(resolve => {
         const request = indexedDB.open('chat-blocked', 1)
         request.onsuccess = () => { globalThis.db = request.result; resolve() }
       })
       indexedDB.deleteDatabase('chat-blocked')`,
    )
    const from = Date.now()
    const code = await run(
      a,
      `globalThis.store = indexedDBStore({ name: 'chat-blocked' }); return store.load('x').catch(error => error.code)`,
    )
    expect([code, Date.now() - from < 20_000]).toEqual(['STORE_BLOCKED', true])
    await run(b, 'db.close()')
    expect(await run(a, `return (await store.load('x')) ?? 'none'`)).toBe('none')
  }, 30_000)

  it('opens a new connection when the one it has is dead, without losing or doubling the write', async () => {
    const tab = await openTab(browser, 'dead')
    const result = await run(
      tab,
      `const { transaction } = IDBDatabase.prototype
       let failures = 0
       IDBDatabase.prototype.transaction = function (...args) {
         if (failures++ === 0) throw new DOMException('The database connection is closing.', 'InvalidStateError')
         return transaction.apply(this, args)
       }
       await session.append(user('once'))
       return [failures, (await store.load('dead')).messages.length, session.status]`,
    )
    expect(result).toEqual([2, 1, 'saved'])
  })

  it('ends a session whose data was cleared under it, and goes on with new ones', async () => {
    const tab = await openTab(browser, 'cleared')
    await run(tab, `await session.append(user('kept in memory'))`)
    const client = await browser.context.newCDPSession(tab)
    await client.send('Storage.clearDataForOrigin', { origin: new URL(browser.url).origin, storageTypes: 'indexeddb' })

    expect(await run(tab, `return session.append(user('late')).catch(error => error.code)`)).toBe('SESSION_NOT_FOUND')
    expect(await run(tab, 'return texts()')).toEqual(['kept in memory'])
    expect(await run(tab, `return (await manager.create()).status`)).toBe('saved')
  })

  it('loses at most 250 ms of a stream to a tab that is closed or navigates, without an unload handler', async () => {
    for (const leave of ['close', 'navigate']) {
      const tab = await openTab(browser, leave)
      await run(
        tab,
        `const writer = await session.stream({ role: 'assistant' })
         writer.write('older than that')
         await sleep(350)
         writer.write(', and not')`,
      )
      if (leave === 'close') await tab.close()
      else await tab.goto('about:blank')

      const next = await openTab(browser, leave)
      expect(await run(next, 'return session.messages[0]')).toMatchObject({
        content: expect.stringMatching(/^older than that/),
        status: 'interrupted',
      })
    }
  })

  it('appends at the same cost to 10 messages and to 10,000', async () => {
    const tab = await browser.openPage()
    const ratio = await run<number>(
      tab,
      `const manager = createSessionManager({ store: indexedDBStore({ name: 'cost', durability: 'relaxed' }) })
       const make = length => manager.create({ messages: Array.from({ length }, (_, n) => user('message ' + n)) })
       const [short, long] = [await make(10), await make(10_000)]
       const cost = async session => {
         const from = performance.now()
         for (let n = 0; n < 20; n++) await session.append(user('one more'))
         return performance.now() - from
       }
       const ratios = []
       for (let n = 0; n < 15; n++) { const each = await cost(short); ratios.push(await cost(long) / each) }
       return ratios.sort((a, b) => a - b)[7]`,
    )
    expect(ratio).toBeLessThan(1.5) // 1.2 is the aim; the machine may be busy
  }, 60_000)
})
