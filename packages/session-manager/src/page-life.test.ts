import { hasChromium } from 'test-fixtures/has-chromium'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from '../test/browser.ts'
import { openChat, openTab, run } from '../test/chat-page.ts'

describe.skipIf(!hasChromium)('a page in Chromium', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await openChat({ keepsPages: true })
  })
  afterEach(async () => {
    for (const page of browser.context.pages()) await page.close()
  })
  afterAll(async () => browser[Symbol.asyncDispose]())

  it('goes on where it was when it comes back out of the back-forward cache, and knows what it missed', async () => {
    const [tab, other] = [await openTab(browser, 'back'), await openTab(browser, 'back')]
    await run(
      tab,
      `addEventListener('pageshow', event => { globalThis.isBack = event.persisted })
       globalThis.notices = 0
       session.subscribe(() => notices++)
       await session.append(user('before'))`,
    )
    await tab.goto(`${browser.url}elsewhere`)
    await run(other, `await session.append(user('meanwhile'))`)
    await tab.goBack({ waitUntil: 'commit' })

    await expect.poll(() => run(tab, 'return globalThis.isBack')).toBe(true)
    await expect.poll(() => run(tab, 'return texts()')).toEqual(['before', 'meanwhile'])
    await run(other, `await session.append(user('later'))`)
    await expect.poll(() => run(tab, 'return texts()')).toEqual(['before', 'meanwhile', 'later'])
    await run(tab, `await session.append(user('mine'))`)
    expect(await run(tab, 'return (await store.load(session.id)).messages.length')).toBe(4)
    expect(await run<number>(tab, 'return notices')).toBeGreaterThan(3)
  })

  it('stores more at pagehide than the 64 KiB that keepalive requests and beacons take', async () => {
    const tab = await openTab(browser, 'large', { autosave: false })
    await run(
      tab,
      `globalThis.writer = await session.stream({ role: 'assistant' })
       await manager.flush()
       for (let n = 0; n < 20; n++) writer.write(noise(10_000))`,
    )
    await tab.goto(`${browser.url}elsewhere`)
    const reader = await openTab(browser, 'large')
    await expect.poll(() => run(reader, 'return texts()[0].length')).toBe(200_000)
    await expect.poll(() => run(reader, 'return session.messages[0].status')).toBe('interrupted')
  })

  it('is not asked for persistent storage: that is the app’s to ask, at a click', async () => {
    const tab = await browser.openPage()
    const asked = await run(
      tab,
      `let asked = 0
       const { persist } = StorageManager.prototype
       StorageManager.prototype.persist = function () { asked++; return persist.call(this) }
       await begin('persist')
       await session.append(user('a'))
       return [asked, typeof await navigator.storage.persist(), asked]`,
    )
    expect(asked).toEqual([0, 'boolean', 1])
  })

  it.each([
    ['there is no IndexedDB', `Object.defineProperty(globalThis, 'indexedDB', { value: undefined })`],
    [
      'IndexedDB is forbidden',
      `IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError') }`,
    ],
    [
      'IndexedDB does not open, as in some private windows',
      `const { open } = IDBFactory.prototype
       IDBFactory.prototype.open = function () { return open.call(this, 'x', 1e300) }`,
    ],
  ])('keeps everything in memory and says so where %s', async (_, forbid) => {
    const tab = await browser.openPage()
    const result = await run(
      tab,
      `${forbid}
       const store = indexedDBStore({ name: 'private' })
       const manager = createSessionManager({ store })
       const created = manager.create({ id: 's' })
       created.catch(() => {})
       const session = manager.current
       session.append(user('kept')).catch(() => {})
       const flushed = await manager.flush().then(() => 'stored', error => error.code)
       const opened = await manager.open('other').catch(error => error.code)
       return [flushed, opened, session.status, manager.getSnapshot().status, (await manager.export()).includes('kept')]`,
    )
    expect(result).toEqual([
      expect.stringMatching(/^STORE_/),
      expect.stringMatching(/^STORE_/),
      'unsaved',
      'unsaved',
      true,
    ])
  })
})
