import { LockManager } from '@x/mutex'
import { describe, expect, it } from 'vitest'
import { deferred } from '../test/deferred.ts'
import { type ChatMessage, faultyStore, sleep } from '../test/faulty-store.ts'
import { createSessionManager, memoryStore } from './index.ts'

async function begin() {
  const store = memoryStore()
  const manager = createSessionManager<ChatMessage>({ store })
  const session = await manager.create()
  /** A turn that lasts until it is told to end, or is aborted. */
  const hold = async (of = session) => {
    const { promise, resolve: end } = deferred()
    const started = deferred<AbortSignal>()
    const ended = of.turn(({ signal }) => {
      started.resolve(signal)
      signal.addEventListener('abort', () => end())
      return promise
    })
    return { signal: await started.promise, end, ended }
  }
  return { store, manager, session, hold }
}

describe('the wait for a turn', () => {
  it.each([NaN, null, '5', -1])('refuses %s as timeoutMs, and never waits for ever', async timeoutMs => {
    const { manager, session, hold } = await begin()
    const held = await hold()
    await expect(session.turn(() => {}, { timeoutMs: timeoutMs as number })).rejects.toThrow(
      '`timeoutMs` must be a number of milliseconds >= 0, got',
    )
    await expect(manager.acquireProcessingLock(null, { timeoutMs: timeoutMs as number })).rejects.toThrow(
      '`timeoutMs` must be a number of milliseconds >= 0, got',
    )
    held.end()
  })

  it('ran a turn whose signal was aborted between its grant and its beginning, and never told it', async () => {
    for (let ticks = 0; ticks < 40; ticks++) {
      const { manager, session } = await begin()
      const controller = new AbortController()
      const abort = async () => {
        for (let n = 0; n < ticks; n++) await null
        controller.abort(ticks)
      }
      manager.on('turn-started', () => void abort())
      const wait = async ({ signal }: { signal: AbortSignal }) => {
        await sleep(0)
        return signal.reason
      }
      expect(await session.turn(wait, controller).catch(error => error)).toBe(ticks)
    }
  })

  it('is now or never with 0, also for a turn that would interrupt', async () => {
    const { session, hold } = await begin()
    const held = await hold()
    const late = session.turn(() => {}, { onBusy: 'interrupt', timeoutMs: 0 })
    await expect(late).rejects.toMatchObject({ code: 'SESSION_BUSY' })
    expect(held.signal.aborted).toBe(false)
    held.end()
    await held.ended
    expect(await session.turn(() => 'free', { onBusy: 'interrupt', timeoutMs: 0 })).toBe('free')
  })

  it('refuses an unknown onBusy', async () => {
    const { manager, session } = await begin()
    const onBusy = 'nonsense' as never
    const other = await manager.open(session.id)
    await manager.create()
    await expect(session.turn(() => {}, { onBusy })).rejects.toThrow("`onBusy` must be one of 'enqueue', 'reject'")
    await expect(manager.switchTo(other.id, { onBusy })).rejects.toThrow("`onBusy` must be one of 'background'")
  })

  it('is refused at once to a turn that would wait for itself', async () => {
    const { session } = await begin()
    const nested = session.turn(turn => turn.session.turn(() => {}))
    await expect(nested).rejects.toMatchObject({ code: 'DEADLOCK' })
    const later = await session.turn(turn => turn.session)
    expect(await later.turn(() => 'ran')).toBe('ran')
  })

  it('finds a circle of owners over two managers of one process', async () => {
    const { store, session } = await begin()
    await using other = createSessionManager<ChatMessage>({ store })
    const theirs = await other.open(session.id)
    const owner = {}
    const nested = session.turn(() => theirs.turn(() => {}, { owner }), { owner })
    await expect(nested).rejects.toMatchObject({ code: 'DEADLOCK' })
  })

  it('is told of, also when another manager has the turn, and so is its end without one', async () => {
    const { store, session, hold } = await begin()
    await using other = createSessionManager<ChatMessage>({ store })
    const theirs = await other.open(session.id)
    const log: unknown[] = []
    for (const type of ['turn-waiting', 'turn-abandoned', 'turn-started'] as const) {
      other.on(type, ({ type, owner }) => log.push([type, owner]))
    }
    const held = await hold()

    await theirs.turn(() => {}, { owner: 'a', timeoutMs: 1 }).catch(() => {})
    const waiting = theirs.turn(() => {}, { owner: 'b' })
    await expect.poll(() => log.length).toBe(3)
    held.end()
    await waiting

    const [waits, abandoned, starts] = ['turn-waiting', 'turn-abandoned', 'turn-started']
    expect(log).toEqual([
      [waits, 'a'],
      [abandoned, 'a'],
      [waits, 'b'],
      [starts, 'b'],
    ])
  })

  it('tells its end also to who would not wait', async () => {
    const { manager, session, hold } = await begin()
    const held = await hold()
    const log: string[] = []
    for (const type of ['turn-waiting', 'turn-abandoned'] as const) manager.on(type, () => log.push(type))
    await session.turn(() => {}, { onBusy: 'reject' }).catch(() => {})
    expect(log).toEqual(['turn-waiting', 'turn-abandoned'])
    held.end()
  })

  it('ends with an error of its own for each who waits when the manager is disposed', async () => {
    const { manager, session, hold } = await begin()
    const held = await hold()
    held.ended.catch(() => {})
    const waits = [1, 2].map(() => session.turn(() => {}).catch(error => error))
    await sleep(1)
    await manager[Symbol.asyncDispose]()
    const [first, second] = await Promise.all(waits)
    expect([first.code, second.code, first === second]).toEqual(['STORE_CLOSED', 'STORE_CLOSED', false])
  })

  it('leaves no timer behind when the manager is disposed in the middle of a turn', async () => {
    const store = memoryStore()
    const timers = new Set<unknown>()
    const clock = {
      now: () => performance.now(),
      setTimeout(fn: () => void, ms: number) {
        const timer = setTimeout(() => {
          timers.delete(timer)
          fn()
        }, ms)
        timers.add(timer)
        return timer
      },
      clearTimeout(timer: unknown) {
        timers.delete(timer)
        clearTimeout(timer as never)
      },
    }
    const manager = createSessionManager<ChatMessage>({ store, clock })
    const session = await manager.create()
    void session.turn(() => new Promise(() => {}))
    await expect.poll(() => timers.size).toBeGreaterThan(0)
    await manager[Symbol.asyncDispose]()
    expect(timers.size).toBe(0)
  })
})

describe('a turn that interrupts one of another tab', () => {
  it('waited on when it was aborted at the moment in which it asked for the turn', async () => {
    const store = memoryStore()
    const locks = new LockManager()
    await using theirs = createSessionManager<ChatMessage>({ store, locks })
    const { id } = await theirs.create()
    const { promise, resolve: end } = deferred()
    const held = theirs.current?.turn(() => promise)
    const controller = new AbortController()
    const reason = new Error('stopped by the user')
    const asked = faultyStore(store)
    const claimTurn: typeof asked.claimTurn = async (...args) => {
      controller.abort(reason)
      return store.claimTurn(...args)
    }
    const clock = { now: () => 0, setTimeout: () => 0, clearTimeout: () => {} }
    const ours = createSessionManager<ChatMessage>({ store: { ...asked, claimTurn }, locks, clock })
    const session = await ours.open(id)
    const options = { onBusy: 'interrupt', signal: controller.signal } as const
    await expect(session.turn(() => {}, options)).rejects.toBe(reason)
    end()
    await held
  })
})
