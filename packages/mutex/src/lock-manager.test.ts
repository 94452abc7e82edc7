import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { LockManager, type LockMode } from './index.ts'

const turn = () => new Promise(resolve => setImmediate(resolve))

/** A promise and what settles it. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open }
}

/** Holds `name` until the returned function is called. */
async function hold(locks: LockManager, name: string, mode: LockMode = 'exclusive') {
  const inside = gate()
  const { opened, open } = gate()
  const done = locks.request(name, { mode }, () => {
    inside.open()
    return opened
  })
  done.catch(() => {})
  await inside.opened
  return { release: open, done }
}

describe('LockManager.request', () => {
  it('never calls back within the call', async () => {
    const locks = new LockManager()
    let called = 0
    const requests = [
      locks.request('a', () => called++),
      locks.request('b', { ifAvailable: true }, () => called++),
      locks.request('b', { ifAvailable: true }, () => called++),
      locks.request('c', { steal: true }, () => called++),
    ]

    expect(called).toBe(0)
    await Promise.all(requests)
    expect(called).toBe(4)
  })

  it('gives the callback the lock, and the caller what the callback gives', async () => {
    const locks = new LockManager()

    expect(await locks.request('a', lock => ({ ...lock }))).toEqual({ name: 'a', mode: 'exclusive' })
    expect(await locks.request('a', { mode: 'shared' }, async lock => lock?.mode)).toBe('shared')
    await expect(locks.request('a', () => Promise.reject('no'))).rejects.toBe('no')
    const fail = () => {
      throw new Error('sync')
    }
    await expect(locks.request('a', fail)).rejects.toThrow('sync')
    expect(await locks.request('a', () => 'free')).toBe('free')
  })

  it('keeps exclusive requests of one name apart, and lets other names go', async () => {
    const locks = new LockManager()
    const first = await hold(locks, 'a')
    const order: string[] = []
    const second = locks.request('a', () => void order.push('second'))
    await locks.request('b', () => void order.push('other name'))
    await turn()
    expect(order).toEqual(['other name'])

    first.release()
    await second
    expect(order).toEqual(['other name', 'second'])
  })

  it('lets shared requests in together, and queues the shared behind an exclusive one', async () => {
    const locks = new LockManager()
    const reader = await hold(locks, 'a', 'shared')
    const secondReader = await hold(locks, 'a', 'shared')
    const order: string[] = []
    const writer = locks.request('a', async () => {
      order.push('writer in')
      await turn()
      order.push('writer out')
    })
    const lateReader = locks.request('a', { mode: 'shared' }, () => void order.push('late reader'))

    await turn()
    expect(order).toEqual([])
    reader.release()
    await turn()
    expect(order).toEqual([])
    secondReader.release()
    await Promise.all([writer, lateReader])
    expect(order).toEqual(['writer in', 'writer out', 'late reader'])
  })

  it('with ifAvailable calls back with null instead of waiting', async () => {
    const locks = new LockManager()
    const held = await hold(locks, 'a', 'shared')

    expect(await locks.request('a', { ifAvailable: true }, lock => lock)).toBeNull()
    expect(await locks.request('a', { ifAvailable: true, mode: 'shared' }, lock => lock?.mode)).toBe('shared')
    const writer = locks.request('a', () => {})
    expect(await locks.request('a', { ifAvailable: true, mode: 'shared' }, lock => lock)).toBeNull()
    held.release()
    await writer
    expect(await locks.request('a', { ifAvailable: true }, lock => lock?.name)).toBe('a')
  })

  it('with steal takes the lock, rejects its holders with AbortError and goes before the queue', async () => {
    const locks = new LockManager()
    const readers = [await hold(locks, 'a', 'shared'), await hold(locks, 'a', 'shared')]
    const order: string[] = []
    const waiting = locks.request('a', () => void order.push('waiting'))

    await locks.request('a', { steal: true }, async () => {
      order.push('thief in')
      for (const reader of readers) await expect(reader.done).rejects.toMatchObject({ name: 'AbortError' })
      for (const reader of readers) reader.release()
      await turn()
      order.push('thief out')
    })
    await waiting

    expect(order).toEqual(['thief in', 'thief out', 'waiting'])
  })

  it('keeps sections apart after a theft, though the old holder ends late', async () => {
    const locks = new LockManager()
    const victim = await hold(locks, 'a')
    await locks.request('a', { steal: true }, () => {})
    const next = await hold(locks, 'a')

    victim.release()
    await turn()
    expect(await locks.request('a', { ifAvailable: true }, lock => lock)).toBeNull()
    next.release()
  })

  it('calls back a holder robbed before its callback ran, and rejects its promise', async () => {
    const locks = new LockManager()
    let called = false
    const robbed = locks.request('a', () => {
      called = true
    })
    const thief = locks.request('a', { steal: true }, () => {})

    await expect(robbed).rejects.toMatchObject({ name: 'AbortError' })
    await thief
    expect(called).toBe(true)
  })

  it('is ended by its signal while it waits, with the very reason, and not after', async () => {
    const locks = new LockManager()
    const held = await hold(locks, 'a')
    const controller = new AbortController()
    const reason = new Error('stop')
    const waiting = locks.request('a', { signal: controller.signal }, () => 'never')
    const next = locks.request('a', () => 'next')

    controller.abort(reason)
    expect((await locks.query()).pending).toHaveLength(1)
    await expect(waiting).rejects.toBe(reason)
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    held.release()
    expect(await next).toBe('next')

    const late = new AbortController()
    const running = locks.request('a', { signal: late.signal }, async () => {
      late.abort()
      await turn()
      return 'done'
    })
    expect(await running).toBe('done')
  })

  it('is ended by its signal between the grant and the callback too', async () => {
    const locks = new LockManager()
    const controller = new AbortController()
    const request = locks.request('a', { signal: controller.signal }, () => 'never')

    controller.abort('stop')

    await expect(request).rejects.toBe('stop')
    expect(await locks.request('a', { ifAvailable: true }, lock => lock?.name)).toBe('a')
  })

  it('waits no longer than timeoutMs', async () => {
    const locks = new LockManager()
    const held = await hold(locks, 'a')

    await expect(locks.request('a', { timeoutMs: 0 }, () => {})).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' })
    await expect(locks.request('a', { timeoutMs: 5 }, () => {})).rejects.toMatchObject({ name: 'LockTimeoutError' })
    held.release()
    await held.done
    expect(await locks.request('a', { timeoutMs: 0 }, () => 'free')).toBe('free')
  })

  it('rejects what the specification rejects, with its errors', async () => {
    const locks = new LockManager()
    const { signal } = new AbortController()
    const fn = () => {}
    const request = (...args: unknown[]) =>
      (locks.request as (...args: unknown[]) => Promise<unknown>).apply(locks, args)
    const notSupported = { name: 'NotSupportedError' }

    await expect(request('-a', fn)).rejects.toMatchObject(notSupported)
    await expect(request('a', { steal: true, ifAvailable: true }, fn)).rejects.toMatchObject(notSupported)
    await expect(request('a', { steal: true, mode: 'shared' }, fn)).rejects.toMatchObject(notSupported)
    await expect(request('a', { steal: true, signal }, fn)).rejects.toMatchObject(notSupported)
    await expect(request('a', { ifAvailable: true, signal }, fn)).rejects.toMatchObject(notSupported)
    await expect(request('a')).rejects.toThrow(TypeError)
    await expect(request('a', 'no function')).rejects.toThrow(TypeError)
    await expect(request('a', {}, 'no function')).rejects.toThrow(TypeError)
    await expect(request('a', 'no object', fn)).rejects.toThrow(TypeError)
    await expect(request('a', { mode: 'foo' }, fn)).rejects.toThrow(TypeError)
    await expect(request('a', { signal: 'no signal' }, fn)).rejects.toThrow(TypeError)
    await expect(request(Symbol('a'), fn)).rejects.toThrow(TypeError)
    await expect(request('a', { signal: AbortSignal.abort('early') }, fn)).rejects.toBe('early')
    await expect(request('a', { timeoutMs: -1 }, fn)).rejects.toThrow(RangeError)
    expect(await locks.query()).toEqual({ held: [], pending: [] })
  })

  it('takes what has a mode for its text for that mode', async () => {
    const locks = new LockManager()
    const mode = { toString: () => 'shared' } as never
    const first = hold(locks, 'a', mode)

    expect(await locks.request('a', { mode, ifAvailable: true }, lock => lock?.mode)).toBe('shared')
    ;(await first).release()
  })

  it('takes any string for a name', async () => {
    const locks = new LockManager()
    for (const name of ['', 'a-', '\u0000', '\ud800', 'navigator'])
      expect(await locks.request(name, lock => lock?.name)).toBe(name)
    expect(await locks.request(1 as never, lock => lock?.name)).toBe('1')
  })
})

describe('LockManager.query', () => {
  it('tells who holds and who waits, in order, at the time of the call', async () => {
    const locks = new LockManager()
    const held = [await hold(locks, 'a', 'shared'), await hold(locks, 'a', 'shared'), await hold(locks, 'b')]
    const waiting = [locks.request('a', () => {}), locks.request('a', { mode: 'shared' }, () => {})]

    const { held: holders, pending } = await locks.query()

    const clientId = holders[0]?.clientId
    expect(clientId).toEqual(expect.any(String))
    expect(holders).toEqual([
      { name: 'a', mode: 'shared', clientId },
      { name: 'a', mode: 'shared', clientId },
      { name: 'b', mode: 'exclusive', clientId },
    ])
    expect(pending).toEqual([
      { name: 'a', mode: 'exclusive', clientId },
      { name: 'a', mode: 'shared', clientId },
    ])
    for (const { release } of held) release()
    await Promise.all(waiting)
    await turn()
    expect(await locks.query()).toEqual({ held: [], pending: [] })
  })

  it('shows a lock that was granted a moment ago, and none that is waited for twice', async () => {
    const locks = new LockManager()
    const request = locks.request('a', () => turn())
    const { held, pending } = await locks.query()

    expect(held.map(({ name }) => name)).toEqual(['a'])
    expect(pending).toEqual([])
    await request
  })
})
