import { expect, it } from 'vitest'
import { openTab, run } from '../test/chat-page.ts'
import { describeChat } from '../test/describe-chat.ts'
import { sleep } from '../test/faulty-store.ts'
import { rendererOf } from '../test/renderer.ts'

const APPENDS = process.env.SEARCH ? 500 : 100

describeChat('tabs of Chromium', chat => {
  it('lose no message of two that append at the same time', async () => {
    const [a, b] = [await openTab(chat.browser, 'many'), await openTab(chat.browser, 'many')]
    const append = (name: string) => `
      const all = []
      for (let n = 0; n < ${APPENDS}; n++) {
        all.push(session.append(user('${name}' + n)))
        if (n % 10 === 0) await all.at(-1)
      }
      await Promise.all(all)`

    await Promise.all([run(a, append('a')), run(b, append('b'))])

    const stored = await run<string[]>(a, `return (await store.load('many')).messages.map(each => each.content)`)
    expect(stored).toHaveLength(2 * APPENDS)
    for (const name of ['a', 'b']) {
      const expected = Array.from({ length: APPENDS }, (_, n) => `${name}${n}`)
      expect(stored.filter(text => text.startsWith(name))).toEqual(expected)
    }
    for (const tab of [a, b]) await expect.poll(() => run(tab, 'return texts()')).toEqual(stored)
  })

  it('show in one what was written in the other, soon', async () => {
    const [a, b] = [await openTab(chat.browser, 'soon'), await openTab(chat.browser, 'soon')]
    await run(b, `session.subscribe(() => { globalThis.seenAt ??= Date.now() })`)
    const storedAt = await run<number>(a, `await session.append(user('hello')); return Date.now()`)
    await expect.poll(() => run(b, 'return texts()')).toEqual(['hello'])
    expect((await run<number>(b, 'return seenAt')) - storedAt).toBeLessThan(250)
  })

  it('keep a stream that a crash cut off, and mark it in the tab that is left', async () => {
    const [a, b] = [await openTab(chat.browser, 'crash'), await openTab(chat.browser, 'crash')]
    await run(
      a,
      `const writer = await session.stream({ role: 'assistant' }); writer.write('before'); await manager.flush()`,
    )
    await expect.poll(() => run(b, 'return texts()')).toEqual(['before'])
    expect(await run(b, 'return session.messages[0].status')).toBe('streaming')

    const client = await chat.browser.context.newCDPSession(a)
    void client.send('Page.crash').catch(() => {})

    await expect
      .poll(() => run(b, 'return session.messages[0]'), { timeout: 10_000 })
      .toMatchObject({
        content: 'before',
        status: 'interrupted',
      })
  })

  it('give the turn of a crashed tab to the next within 2 s', async () => {
    const [a, b] = [await openTab(chat.browser, 'turn'), await openTab(chat.browser, 'turn')]
    await run(a, `await new Promise(started => session.turn(() => { started(); return new Promise(() => {}) }))`)
    await run(
      b,
      `globalThis.turn = session.turn(async ({ fencingToken }) => String(fencingToken)).then(token => [token, Date.now()])`,
    )

    const client = await chat.browser.context.newCDPSession(a)
    const crashedAt = Date.now()
    void client.send('Page.crash').catch(() => {})

    const [token, takenAt] = await run<[string, number]>(b, 'return turn')
    expect([token, takenAt - crashedAt < 2000]).toEqual(['2', true])
  })

  it('take back what a turn of another tab wrote when it is rolled back', async () => {
    const a = await openTab(chat.browser, 'rollback')
    const b = await openTab(chat.browser, 'rollback', { speed: 0.1 }) // However slow the machine is.
    await run(a, `await session.append({ id: 'q', ...user('question') })`)
    await run(
      a,
      `await new Promise(wrote => {
        globalThis.turn = session.turn(async ({ session, signal }) => {
          await session.edit('q', { content: 'edited' })
          const reply = await session.stream({ role: 'assistant' })
          reply.write('half a re')
          await manager.flush()
          wrote()
          await new Promise(done => signal.addEventListener('abort', done))
        })
      })`,
    )
    await expect.poll(() => run(b, 'return texts()')).toEqual(['edited', 'half a re'])

    const seen = await run(
      b,
      `return session.turn(({ session }) => session.messages.map(each => each.content), { onBusy: 'rollback' })`,
    )

    expect(seen).toEqual(['question'])
    await run(a, 'await turn')
    expect(await run(a, 'return texts()')).toEqual(['question'])
  })

  it.skipIf(process.platform !== 'linux')(
    'take the turn of a frozen tab over, and refuse what it writes when it thaws',
    // A process that happens to be stopped in mid-transaction stops the whole database: then it is tried again.
    { timeout: 60_000, retry: 2 },
    async () => {
      const id = `frozen ${Math.random()}`
      const a = await openTab(chat.browser, id)
      // The waiter's time runs 30 times as fast: its 60 s are 2 s.
      const b = await openTab(chat.browser, id, { speed: 30 })
      await run(
        a,
        `await new Promise(started => {
        globalThis.late = session.turn(async turn => {
          started()
          while (!globalThis.thawed) await sleep(20)
          await turn.session.append(user('late'))
        }).catch(error => error.code)
      })`,
      )
      const renderer = await rendererOf(a)
      await sleep(1000) // In the middle of a transaction, as that of a renewal, it would stop the others' too.
      process.kill(renderer, 'SIGSTOP')
      try {
        const waited = await run<number>(
          b,
          `const from = clock(30).now(); await session.turn(({ session }) => session.append(user('mine'))); return clock(30).now() - from`,
        )
        expect([waited > 60_000, waited < 90_000]).toEqual([true, true])
      } finally {
        process.kill(renderer, 'SIGCONT')
      }

      expect(await run(a, 'globalThis.thawed = true; return late')).toBe('SESSION_BUSY')
      expect(await run(b, 'return texts()')).toEqual(['mine'])
    },
  )

  it('leave the turn of a tab that lives alone, however slow its timers are', async () => {
    const a = await openTab(chat.browser, 'hidden')
    const b = await openTab(chat.browser, 'hidden', { speed: 30 })
    // Its own timers never renew: only the looks of the waiter make it.
    await run(
      a,
      `manager = createSessionManager({ store, clock: { ...clock(1), setTimeout: () => 0 } })
      const session = await manager.open('hidden')
      await new Promise(started => {
        globalThis.held = session.turn(() => { started(); return new Promise(done => { globalThis.done = done }) })
      })`,
    )
    await run(b, `globalThis.turn = session.turn(() => 'mine')`)
    const state = await run(b, `return Promise.race([turn, sleep(5000)])`)
    expect(state).toBeUndefined()
    await run(a, 'done(); await held')
    expect(await run(b, 'return turn')).toBe('mine')
  })
})
