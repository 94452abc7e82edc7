import { describe, expect, it } from 'vitest'
import { type ChatMessage, faultyStore, sleep, texts, user } from '../test/faulty-store.ts'
import { createSessionManager, memoryStore } from './index.ts'

async function begin(store = memoryStore()) {
  const manager = createSessionManager<ChatMessage>({ store })
  return { store, manager, session: await manager.create() }
}

/** A turn that writes, and then waits for its signal or for `finish`. */
function longTurn(session: Awaited<ReturnType<typeof begin>>['session'], ignoreSignal = false) {
  let finish = (): void => {}
  const finished = new Promise<void>(resolve => {
    finish = resolve
  })
  let started = (_: unknown): void => {}
  const start = new Promise(resolve => {
    started = resolve
  })
  const turn = session.turn(async ({ signal, session }) => {
    await session.append(user('old'))
    started(signal)
    if (!ignoreSignal) signal.addEventListener('abort', finish)
    await finished
    await session.append(user('last words'))
    return signal
  })
  return { turn, start, finish }
}

describe('turn', () => {
  it('runs one after the other by default, with growing tokens', async () => {
    const { session } = await begin()
    const log: (string | bigint)[] = []
    const run = (name: string) =>
      session.turn(async ({ fencingToken }) => {
        log.push(`${name} starts`)
        await sleep(2)
        log.push(`${name} ends`)
        return fencingToken
      })

    const tokens = await Promise.all([run('a'), run('b'), run('c')])

    expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends'])
    expect(tokens[0] < tokens[1] && tokens[1] < tokens[2]).toBe(true)
  })

  it('keeps two managers on one store apart', async () => {
    const { store, session } = await begin()
    await using other = createSessionManager<ChatMessage>({ store })
    const theirs = await other.open(session.id)
    let inside = 0
    let most = 0
    const run = (each: typeof session) =>
      each.turn(async () => {
        most = Math.max(most, ++inside)
        await sleep(1)
        inside--
      })

    await Promise.all([run(session), run(theirs), run(session), run(theirs)])

    expect(most).toBe(1)
    await expect(session.turn(() => theirs.turn(() => {}, { onBusy: 'reject' }))).rejects.toMatchObject({
      code: 'SESSION_BUSY',
    })
  })

  it('rejects at once, or when its time is over, and never runs then', async () => {
    const { session } = await begin()
    const { turn, start, finish } = longTurn(session)
    await start
    let ran = false
    const late = (): void => {
      ran = true
    }

    await expect(session.turn(late, { onBusy: 'reject' })).rejects.toMatchObject({ code: 'SESSION_BUSY' })
    await expect(session.turn(late, { timeoutMs: 5 })).rejects.toMatchObject({ code: 'SESSION_BUSY' })
    await expect(session.turn(late, { timeoutMs: 0 })).rejects.toMatchObject({ code: 'SESSION_BUSY' })
    const reason = new Error('enough')
    await expect(session.turn(late, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await expect(session.turn(late, { timeoutMs: -1 })).rejects.toThrow('`timeoutMs` must be a number of milliseconds')
    finish()
    await turn
    await session.turn(() => {})
    expect(ran).toBe(false)
  })

  it('interrupts: aborts the older turn, starts when it has settled, and keeps what it wrote', async () => {
    const { session } = await begin()
    const older = longTurn(session)
    await older.start

    await session.turn(({ session }) => session.append(user('new')), { onBusy: 'interrupt' })

    expect((await older.turn).reason).toMatchObject({ code: 'SESSION_BUSY' })
    expect(texts(session)).toEqual(['old', 'last words', 'new'])
  })

  it('interrupts a turn that does not listen after a second, and refuses its late writes', async () => {
    const { session } = await begin()
    const older = longTurn(session, true)
    await older.start
    const startedAt = performance.now()

    await session.turn(({ session }) => session.append(user('new')), { onBusy: 'interrupt' })

    expect(performance.now() - startedAt).toBeGreaterThan(990)
    older.finish()
    await expect(older.turn).rejects.toMatchObject({ code: 'SESSION_BUSY' })
    expect(texts(session)).toEqual(['old', 'new'])
  })

  it('rolls back what the older turn wrote, and nothing else', async () => {
    const { store, session } = await begin()
    await session.append([{ id: 'q', ...user('question') } as ChatMessage, user('kept')])
    let started = (): void => {}
    const start = new Promise<void>(resolve => {
      started = resolve
    })
    const older = session.turn(async ({ session, signal }) => {
      await session.append(user('reply'))
      await session.edit('q', { content: 'edited' })
      started()
      await new Promise(resolve => signal.addEventListener('abort', resolve))
    })
    await start
    await session.append(user('by somebody else'))

    await session.turn(({ session }) => session.append(user('other reply')), { onBusy: 'rollback' })
    await older

    expect(texts(session)).toEqual(['question', 'kept', 'by somebody else', 'other reply'])
    expect((await store.load(session.id))?.messages).toEqual(session.messages)
  })

  it('goes to the one who interrupted last when two did', async () => {
    const { session } = await begin()
    const older = longTurn(session)
    await older.start
    const run = (name: string) =>
      session.turn(
        async ({ signal, session }) => {
          await sleep(1)
          signal.throwIfAborted()
          await session.append(user(name))
        },
        { onBusy: 'interrupt' },
      )

    const [first, second] = await Promise.allSettled([run('first'), run('second')])

    expect([first?.status, second?.status]).toEqual(['rejected', 'fulfilled'])
  })

  it('finds a circular wait by its owner', async () => {
    const { session } = await begin()
    const owner = {}
    const nested = session.turn(() => session.turn(() => {}, { owner }), { owner })
    await expect(nested).rejects.toMatchObject({ code: 'DEADLOCK' })
    await session.turn(() => {})
  })

  it('says which turn waits for itself when a turn begins another in its own session', async () => {
    const { session } = await begin()
    const nested = session.turn(turn => turn.session.turn(() => {}))
    await expect(nested).rejects.toThrow(/^this turn waits for the turn of session .*, which it has$/)
  })

  it('has stored what it wrote before the next one starts', async () => {
    const store = faultyStore()
    const { session } = await begin(store)
    store.beforeCommit = () => sleep(5)
    void session.turn(({ session }) => void session.append(user('not waited for')))
    const stored = await session.turn(async () => (await store.load(session.id))?.messages.length)
    expect(stored).toBe(1)
  })

  it('takes over the lease of a holder that is gone', async () => {
    const { store, manager, session } = await begin()
    await using other = createSessionManager<ChatMessage>({ store })
    const theirs = await other.open(session.id)
    const never = session.turn(() => new Promise(() => {}))
    never.catch(() => {})
    await sleep(5)
    await manager[Symbol.asyncDispose]()

    await theirs.turn(({ session }) => session.append(user('mine')), { timeoutMs: 2000 })

    expect(texts(theirs)).toEqual(['mine'])
  })
})
