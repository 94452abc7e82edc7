import { describe, expect, it } from 'vitest'
import { detached, KeyedMutex, LockManager, Mutex, ReadWriteLock, Semaphore } from './async-context.ts'
import { Mutex as PlainMutex } from './index.ts'

const turn = () => new Promise(resolve => setImmediate(resolve))
const deadlock = { code: 'DEADLOCK' }

describe('the locks of async-context', () => {
  it('find a section that waits for its own lock, in every kind', async () => {
    const mutex = new Mutex()
    const semaphore = new Semaphore(1)
    const lock = new ReadWriteLock()
    const keyed = new KeyedMutex<string>()
    const locks = new LockManager()

    await expect(mutex.runExclusive(() => mutex.runExclusive(() => 1))).rejects.toMatchObject(deadlock)
    await expect(mutex.runExclusive(async () => mutex.acquire())).rejects.toMatchObject(deadlock)
    await expect(mutex.runExclusive(() => mutex.waitForUnlock())).rejects.toMatchObject(deadlock)
    await expect(semaphore.run(() => semaphore.run(() => 1))).rejects.toMatchObject(deadlock)
    await expect(lock.runWrite(() => lock.runRead(() => 1))).rejects.toMatchObject(deadlock)
    await expect(lock.runRead(() => lock.runWrite(() => 1))).rejects.toMatchObject(deadlock)
    await expect(keyed.runExclusive('a', () => keyed.runExclusiveAll(['b', 'a'], () => 1))).rejects.toMatchObject(
      deadlock,
    )
    await expect(locks.request('a', () => locks.request('a', () => 1))).rejects.toMatchObject(deadlock)
    expect([mutex.isLocked(), semaphore.isLocked(), lock.isLocked(), keyed.size]).toEqual([false, false, false, 0])
  })

  it('obey a bound of the wait that is a getter of a class, as the plain locks do', async () => {
    class Patience {
      get timeoutMs() {
        return 0
      }
    }
    const locks = new LockManager()
    for (const mutex of [new PlainMutex(), new Mutex()]) {
      mutex.tryAcquire()
      await expect(mutex.acquire(new Patience())).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' })
    }
    void locks.request('a', () => new Promise(() => {}))
    await expect(locks.request('a', new Patience(), () => 1)).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' })
  })

  it('find it across awaits and locks in between, and say which', async () => {
    const inbox = new Mutex({ name: 'inbox' })
    const outbox = new Mutex({ name: 'outbox' })

    const nested = inbox.runExclusive(async () => {
      await turn()
      return await outbox.runExclusive(async () => {
        await turn()
        return await inbox.runExclusive(() => 'never')
      })
    })

    await expect(nested).rejects.toThrow('a section of inbox waits for inbox')
  })

  it('find two sections that wait for each other, and let one go on', async () => {
    const a = new Mutex({ name: 'a' })
    const b = new Mutex({ name: 'b' })
    const cross = (first: Mutex, second: Mutex) =>
      first.runExclusive(async () => {
        await turn()
        return await second.runExclusive(() => 'in')
      })

    const ends = await Promise.allSettled([cross(a, b), cross(b, a)])

    expect(ends.map(end => (end.status === 'fulfilled' ? end.value : end.reason.code)).sort()).toEqual([
      'DEADLOCK',
      'in',
    ])
  })

  it('let parts of one section wait for each other, since each ends by itself', async () => {
    const outer = new Mutex()
    const inner = new Mutex()

    const results = await outer.runExclusive(() =>
      Promise.all([1, 2, 3].map(i => inner.runExclusive(async () => turn().then(() => i)))),
    )

    expect(results).toEqual([1, 2, 3])
  })

  it('take work that nobody waits for out of the section', async () => {
    const mutex = new Mutex()
    let later: Promise<string> | undefined

    await mutex.runExclusive(async () => {
      later = detached(() => mutex.runExclusive(() => 'later'))
      await turn()
    })

    expect(await later).toBe('later')
  })

  it('report nothing for callers that have nothing to do with each other', async () => {
    const mutex = new Mutex()
    const semaphore = new Semaphore(2)
    const work = (i: number) => mutex.runExclusive(() => semaphore.run(() => turn().then(() => i)))

    expect(await Promise.all([1, 2, 3, 4].map(work))).toEqual([1, 2, 3, 4])
  })

  it('are the same otherwise, and take an owner that is given', async () => {
    const mutex = new Mutex({ name: 'a' })
    const locks = new LockManager()

    expect(mutex).toBeInstanceOf(PlainMutex)
    await expect(mutex.runExclusive(() => mutex.acquire(), { owner: 'me' })).rejects.toThrow(
      'a section of a waits for a',
    )
    expect(mutex.tryAcquire()?.released).toBe(false)
    expect(await locks.request('x', { mode: 'shared' }, lock => lock?.mode)).toBe('shared')
    await expect(locks.request('-x', () => {})).rejects.toMatchObject({ name: 'NotSupportedError' })
    await expect((locks.request as (...args: unknown[]) => Promise<unknown>)('x')).rejects.toThrow(TypeError)
    await expect(locks.request('x', 'no object' as never, () => {})).rejects.toThrow(TypeError)
  })

  it.each([null, 5, 'fast'])('refuse options that are no object but %s', async options => {
    const bad = options as never
    const error = new TypeError(`\`options\` must be an object, got ${options}`)

    for (const call of [
      new Mutex().acquire(bad),
      new Mutex().runExclusive(() => 1, bad),
      new Semaphore(1).run(() => 1, bad),
      new ReadWriteLock().runWrite(() => 1, bad),
      new KeyedMutex().runExclusive('a', () => 1, bad),
    ])
      await expect(call).rejects.toThrow(error)
    await expect(new LockManager().request('x', null as never, () => 1)).resolves.toBe(1)
  })
})
