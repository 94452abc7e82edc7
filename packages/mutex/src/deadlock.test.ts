import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type DeadlockError, isLockError, LockManager, Mutex, ReadWriteLock, Semaphore } from './index.ts'
import { Ticket } from './ticket.ts'

let test = 0
beforeEach(() => {
  test++
})
/** Owners are known across all locks: each test has its own. */
const owner = (name: string | number) => `${name} of test ${test}`
const mutexes = (...names: string[]) => names.map(name => new Mutex({ name })) as [Mutex, Mutex, ...Mutex[]]
const cycleOf = (error: DeadlockError) => error.cycle.map(({ owner, lock }) => [String(owner).split(' ')[0], lock])
const cycle = async (wait: Promise<unknown>) =>
  cycleOf(
    await wait.then(
      () => Promise.reject('no deadlock'),
      error => error,
    ),
  )

describe('a wait with an owner', () => {
  it('for the lock that the owner holds rejects at once', async () => {
    const mutex = new Mutex({ name: 'a' })
    const guard = await mutex.acquire({ owner: owner('me') })

    const error = await mutex.acquire({ owner: owner('me') }).catch(error => error)

    expect(error).toMatchObject({ name: 'DeadlockError', code: 'DEADLOCK', message: `${owner('me')} waits for a` })
    expect(isLockError(error)).toBe(true)
    expect(cycleOf(error)).toEqual([['me', 'a']])
    expect(mutex.pending).toBe(0)
    guard.release()
    await mutex.runExclusive(() => {}, { owner: owner('me') })
  })

  it('is found inside runExclusive too, free or queued', async () => {
    const mutex = new Mutex({ name: 'a' })
    const nested = () =>
      mutex.runExclusive(() => mutex.runExclusive(() => 'never', { owner: owner(1) }), { owner: owner(1) })

    const both = await Promise.allSettled([nested(), nested()])

    expect(both.map(outcome => (outcome.status === 'rejected' ? outcome.reason.name : outcome.value))).toEqual([
      'DeadlockError',
      'DeadlockError',
    ])
    expect(mutex.isLocked()).toBe(false)
  })

  it('that closes a circle of two rejects, and the other goes on', async () => {
    const [a, b] = mutexes('a', 'b')
    const guardA = await a.acquire({ owner: owner(1) })
    const guardB = await b.acquire({ owner: owner(2) })
    const waiting = b.acquire({ owner: owner(1) })

    expect(await cycle(a.acquire({ owner: owner(2) }))).toEqual([
      ['2', 'a'],
      ['1', 'b'],
    ])
    guardB.release()
    ;(await waiting).release()
    guardA.release()
  })

  it('that closes a circle of five, over mutexes and a lock manager, names them all', async () => {
    const locks = new LockManager()
    const [a, b, c] = mutexes('a', 'b', 'c') as [Mutex, Mutex, Mutex]
    const forever = new Promise<void>(() => {})
    await a.acquire({ owner: owner(1) })
    await b.acquire({ owner: owner(2) })
    await c.acquire({ owner: owner(3) })
    void locks.request('d', { owner: owner(4) }, () => forever)
    void locks.request('e', { owner: owner(5), mode: 'shared' }, () => forever)
    void b.acquire({ owner: owner(1) })
    void c.acquire({ owner: owner(2) })
    void locks.request('d', { owner: owner(3), mode: 'shared' }, () => {})
    void locks.request('e', { owner: owner(4) }, () => {})

    expect(await cycle(a.acquire({ owner: owner(5) }))).toEqual([
      ['5', 'a'],
      ['1', 'b'],
      ['2', 'c'],
      ['3', 'd'],
      ['4', 'e'],
    ])
  })

  it('twice in one queue is no deadlock', async () => {
    const mutex = new Mutex()
    const guard = await mutex.acquire({ owner: owner('other') })
    const waits = [
      mutex.runExclusive(() => 1, { owner: owner('me') }),
      mutex.runExclusive(() => 2, { owner: owner('between') }),
      mutex.runExclusive(() => 3, { owner: owner('me') }),
    ]

    guard.release()

    expect(await Promise.all(waits)).toEqual([1, 2, 3])
  })

  it('counts those ahead in the queue: a reader that reads again behind a writer', async () => {
    const locks = new LockManager()
    const reading = locks.request('doc', { mode: 'shared', owner: owner('reader') }, async () => {
      void locks.request('doc', { owner: owner('writer') }, () => {})
      return await cycle(locks.request('doc', { mode: 'shared', owner: owner('reader') }, () => {}))
    })

    expect(await reading).toEqual([
      ['reader', 'doc'],
      ['writer', 'doc'],
    ])
  })

  it('is no deadlock while a holder can still end by itself', async () => {
    const locks = new LockManager()
    const mutex = new Mutex()
    const guard = await mutex.acquire({ owner: owner(1) })
    const other = locks.request('a', { owner: owner(2) }, () => mutex.runExclusive(() => 'in', { owner: owner(2) }))
    const own = mutex.runExclusive(() => 'also in', { owner: owner(3) })

    guard.release()

    expect(await Promise.all([other, own])).toEqual(['in', 'also in'])
  })

  it('compares owners with ===', async () => {
    const mutex = new Mutex()
    const me = { id: 1 }
    const guard = await mutex.acquire({ owner: me })
    const equal = mutex.acquire({ owner: { id: 1 } })

    await expect(mutex.acquire({ owner: me })).rejects.toMatchObject({ code: 'DEADLOCK' })
    guard.release()
    ;(await equal).release()
  })

  it('that ended leaves nothing behind to wait for', async () => {
    const [a, b] = mutexes('a', 'b')
    const guardA = await a.acquire({ owner: owner(1) })
    const guardB = await b.acquire({ owner: owner(2) })
    const controller = new AbortController()
    const aborted = b.acquire({ owner: owner(1), signal: controller.signal })
    controller.abort('stop')
    await expect(aborted).rejects.toBe('stop')

    const waiting = a.acquire({ owner: owner(2) })
    guardA.release()
    ;(await waiting).release()
    guardB.release()
  })

  it('is found when a higher priority goes before one that waits already', async () => {
    const mutex = new Mutex({ name: 'a' })
    const other = new Mutex({ name: 'b' })
    await other.acquire({ owner: owner('first') })
    await mutex.acquire({ owner: owner('holder') })
    void mutex.acquire({ owner: owner('first') })

    expect(await cycle(other.acquire({ owner: owner('holder'), priority: 1 }))).toEqual([
      ['holder', 'b'],
      ['first', 'a'],
    ])
  })

  it('is found when a large wait with priority goes before the second wait of a holder', async () => {
    const semaphore = new Semaphore(2, { name: 'pool' })
    const other = await semaphore.acquire({ owner: owner('other') })
    const first = await semaphore.acquire({ owner: owner('twice') })
    const second = semaphore.acquire({ owner: owner('twice') })

    expect(await cycle(semaphore.acquire({ permits: 2, priority: 1, owner: owner('large') }))).toEqual([
      ['large', 'pool'],
      ['twice', 'pool'],
    ])
    other.release()
    ;(await second).release()
    first.release()
  })

  it('is no deadlock while another holder of a semaphore can still end', async () => {
    const semaphore = new Semaphore(2)
    const first = await semaphore.acquire({ owner: owner('me') })
    const other = await semaphore.acquire({ owner: owner('other') })
    const again = semaphore.acquire({ owner: owner('me') })

    other.release()

    ;(await again).release()
    first.release()
  })

  it('costs a walk no longer than the circle: 1,000 owners in a chain', async () => {
    const chain = Array.from({ length: 1000 }, (_, i) => new Mutex({ name: `${i}` }))
    for (const [i, mutex] of chain.entries()) await mutex.acquire({ owner: owner(i) })
    for (const [i, mutex] of chain.entries()) if (i > 0) void mutex.acquire({ owner: owner(i - 1) })

    const links = await cycle((chain[0] as Mutex).acquire({ owner: owner(999) }))

    expect(links).toHaveLength(1000)
  })

  it('in a chain deeper than the stack leaves no wait behind that takes the lock for nobody', async () => {
    const length = 30_000
    const chain = Array.from({ length }, (_, i) => new Mutex({ name: `${i}` }))
    const guards = await Promise.all(chain.map((mutex, i) => mutex.acquire({ owner: owner(i) })))
    const waits = chain.slice(1).map((mutex, i) => mutex.acquire({ owner: owner(i) }))

    waits.push((chain[0] as Mutex).acquire({ owner: owner(length - 1) }))
    for (const guard of guards) guard.release()
    for (const guard of await Promise.all(waits)) guard.release()

    expect(chain.some(mutex => mutex.isLocked())).toBe(false)
  })

  it.each([
    ['mutex', new Mutex()],
    ['semaphore', new Semaphore(2)],
    ['reader', new ReadWriteLock()],
  ])(
    'costs no more the more wait, with priorities too: nobody else in the queue of a %s is looked at',
    async (_, lock) => {
      if (lock instanceof Semaphore) lock.tryAcquire()
      const readers = lock instanceof ReadWriteLock
      const guard = await (readers ? lock.acquireWrite() : lock.acquire({ owner: owner('holder') }))
      const walk = vi.spyOn(Ticket.prototype, 'ring')

      const waits = [0, 2, 1, 0, 2].map((priority, i) => {
        const options = { owner: owner(i), priority }
        return readers ? lock.acquireRead(options) : lock.acquire(options)
      })

      expect(walk).not.toHaveBeenCalled()
      walk.mockRestore()
      lock.cancel()
      await Promise.allSettled(waits)
      guard.release()
    },
  )

  it('is found for an owner that cannot even be named', async () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const mutex = new Mutex({ name: 'a' })
    const guard = await mutex.acquire({ owner: proxy })

    await expect(mutex.acquire({ owner: proxy })).rejects.toThrow('object waits for a')
    guard.release()

    expect(mutex.isLocked()).toBe(false)
  })
})
