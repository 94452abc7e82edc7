import type { LockLike, LockManagerLike } from '../src/index.ts'
import { equal, hold, nameOf, ofName, rejection, someTime } from './web-locks-check.ts'

/**
 * What the Web Locks specification says, as cases that run on any lock manager, in Node and in a browser:
 * each throws when the manager does otherwise. Each case has lock names of its own.
 */
export const conformance: Readonly<Record<string, (locks: LockManagerLike, name: string) => Promise<void>>> = {
  async 'passes the lock, with name and mode, to the callback'(locks, name) {
    const seen = await locks.request(name, lock => [lock?.name, lock?.mode])
    equal(seen, [name, 'exclusive'])
    equal(await locks.request(name, { mode: 'shared' }, lock => lock?.mode), 'shared')
  },

  async 'resolves with what the callback gives, promised or not'(locks, name) {
    equal(await locks.request(name, () => 1), 1)
    equal(await locks.request(name, async () => 2), 2)
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
    equal(await locks.request(name, () => ({ then: (resolve: (value: number) => void) => resolve(3) })), 3)
  },

  async 'rejects with what the callback throws or rejects with, and is free afterwards'(locks, name) {
    const reason = new Error('sync')
    const sync = () => {
      throw reason
    }
    equal((await rejection(locks.request(name, sync))) === reason, true)
    equal(await rejection(locks.request(name, () => Promise.reject('async'))), 'async')
    equal(await rejection(locks.request(name, () => Promise.reject(undefined))), undefined)
    equal(await locks.request(name, { ifAvailable: true }, lock => lock?.name), name)
  },

  async 'never calls back within the call'(locks, name) {
    let called = false
    const request = locks.request(name, () => {
      called = true
    })
    equal(called, false)
    await request
    equal(called, true)
  },

  async 'holds the lock until the promise of the callback settles'(locks, name) {
    const held = await hold(locks, name)
    let second = false
    const request = locks.request(name, () => {
      second = true
    })
    await someTime()
    equal(second, false)
    held.release()
    await request
    equal(second, true)
  },

  async 'grants requests of one name in the order in which they came'(locks, name) {
    const held = await hold(locks, name)
    const order: number[] = []
    const requests = [1, 2, 3, 4, 5].map(i => locks.request(name, () => void order.push(i)))
    held.release()
    await Promise.all(requests)
    equal(order, [1, 2, 3, 4, 5])
  },

  async 'keeps names apart'(locks, name) {
    const held = await hold(locks, name)
    equal(await locks.request(`${name} other`, () => 'in'), 'in')
    held.release()
  },

  async 'lets shared locks in together and an exclusive one alone'(locks, name) {
    const readers = [await hold(locks, name, 'shared'), await hold(locks, name, 'shared')]
    let writing = false
    const writer = locks.request(name, () => {
      writing = true
    })
    await someTime()
    equal(writing, false)
    for (const reader of readers) reader.release()
    await writer
  },

  async 'queues a shared request behind an exclusive one that waits'(locks, name) {
    const reader = await hold(locks, name, 'shared')
    const order: string[] = []
    const writer = locks.request(name, async () => {
      order.push('writer in')
      await someTime()
      order.push('writer out')
    })
    const late = locks.request(name, { mode: 'shared' }, () => void order.push('late reader'))
    await someTime()
    equal(order, [])
    reader.release()
    await Promise.all([writer, late])
    equal(order, ['writer in', 'writer out', 'late reader'])
  },

  async 'ifAvailable gives null when the lock is not free, and the lock when it is'(locks, name) {
    const held = await hold(locks, name, 'shared')
    equal(await locks.request(name, { ifAvailable: true }, lock => lock), null)
    equal(await locks.request(name, { ifAvailable: true, mode: 'shared' }, lock => lock?.mode), 'shared')
    const waiting = locks.request(name, () => {})
    equal(await locks.request(name, { ifAvailable: true, mode: 'shared' }, lock => lock), null)
    held.release()
    await waiting
    equal(await locks.request(name, { ifAvailable: true }, lock => lock?.mode), 'exclusive')
  },

  async 'ifAvailable passes on what the callback throws, without a lock too'(locks, name) {
    const held = await hold(locks, name)
    const fail = () => {
      throw 'no lock'
    }
    equal(await rejection(locks.request(name, { ifAvailable: true }, fail)), 'no lock')
    held.release()
  },

  async 'steal takes the lock, and the old holder gets an AbortError'(locks, name) {
    const victim = await hold(locks, name)
    equal(await locks.request(name, { steal: true }, lock => lock?.mode), 'exclusive')
    equal(nameOf(await rejection(victim.done)), 'AbortError')
    victim.release()
  },

  async 'steal takes it from all who share it, and goes before who waits'(locks, name) {
    const victims = [await hold(locks, name, 'shared'), await hold(locks, name, 'shared')]
    const order: string[] = []
    const waiting = locks.request(name, () => void order.push('waiting'))
    await locks.request(name, { steal: true }, async () => {
      order.push('thief in')
      for (const victim of victims) victim.release()
      await someTime()
      order.push('thief out')
    })
    await waiting
    equal(order, ['thief in', 'thief out', 'waiting'])
    for (const victim of victims) equal(nameOf(await rejection(victim.done)), 'AbortError')
  },

  async 'a lock that was stolen can be stolen again, and is released once'(locks, name) {
    const first = await hold(locks, name)
    const second = await hold(locks, name, 'exclusive', { steal: true })
    const third = await hold(locks, name, 'exclusive', { steal: true })
    first.release()
    second.release()
    await someTime()
    equal(await locks.request(name, { ifAvailable: true }, lock => lock), null)
    third.release()
    await third.done
    equal([nameOf(await rejection(first.done)), nameOf(await rejection(second.done))], ['AbortError', 'AbortError'])
  },

  async 'signal ends the wait with its reason, the very object'(locks, name) {
    const held = await hold(locks, name)
    const controller = new AbortController()
    const reason = { why: 'enough' }
    let called = false
    const request = locks.request(name, { signal: controller.signal }, () => {
      called = true
    })
    controller.abort(reason)
    equal((await rejection(request)) === reason, true)
    held.release()
    await locks.request(name, () => {})
    equal(called, false)
  },

  async 'signal rejects with an AbortError when it has no reason, and before all when it is aborted'(locks, name) {
    equal(nameOf(await rejection(locks.request(name, { signal: AbortSignal.abort() }, () => {}))), 'AbortError')
    const held = await hold(locks, name)
    const controller = new AbortController()
    const request = locks.request(name, { signal: controller.signal }, () => {})
    controller.abort()
    equal(nameOf(await rejection(request)), 'AbortError')
    held.release()
  },

  async 'signal does not reach a lock that is held'(locks, name) {
    const controller = new AbortController()
    const request = locks.request(name, { signal: controller.signal }, async () => {
      controller.abort()
      await someTime()
      return 'done'
    })
    equal(await request, 'done')
  },

  async 'an aborted request lets those behind it go on'(locks, name) {
    const reader = await hold(locks, name, 'shared')
    const controller = new AbortController()
    const writer = locks.request(name, { signal: controller.signal }, () => {})
    const late = locks.request(name, { mode: 'shared' }, () => 'in')
    await someTime()
    controller.abort('stop')
    equal(await rejection(writer), 'stop')
    equal(await late, 'in')
    reader.release()
  },

  async 'query tells who holds and who waits'(locks, name) {
    const held = await hold(locks, name, 'shared')
    const controller = new AbortController()
    const waiting = [
      locks.request(name, () => {}),
      locks.request(name, { mode: 'shared' }, () => {}),
      locks.request(name, { signal: controller.signal }, () => {}).catch(() => {}),
    ]
    await someTime()
    const before = await ofName(locks, name)
    equal(before.modes, { held: ['shared'], pending: ['exclusive', 'shared', 'exclusive'] })
    equal(new Set(before.clientIds).size, 1)
    equal(typeof before.clientIds[0], 'string')
    controller.abort()
    equal((await ofName(locks, name)).modes.pending, ['exclusive', 'shared'])
    held.release()
    await Promise.all(waiting)
    await someTime()
    equal((await ofName(locks, name)).modes, { held: [], pending: [] })
  },

  async 'a name may be anything but start with "-"'(locks, name) {
    for (const odd of [`${name}-`, `${name}\u0000`, `${name} \u{1f512}`, ''])
      equal(await locks.request(odd, lock => lock?.name), odd)
    equal(nameOf(await rejection(locks.request(`-${name}`, () => {}))), 'NotSupportedError')
  },

  async 'options that exclude each other are a NotSupportedError'(locks, name) {
    const { signal } = new AbortController()
    const refused = async (options: object) => nameOf(await rejection(locks.request(name, options, () => {})))
    equal(await refused({ steal: true, ifAvailable: true }), 'NotSupportedError')
    equal(await refused({ steal: true, mode: 'shared' }), 'NotSupportedError')
    equal(await refused({ steal: true, signal }), 'NotSupportedError')
    equal(await refused({ ifAvailable: true, signal }), 'NotSupportedError')
  },

  async 'arguments of a wrong type are a TypeError, never thrown within the call'(locks, name) {
    const request = locks.request.bind(locks) as (...args: unknown[]) => Promise<unknown>
    const refused = async (...args: unknown[]) => nameOf(await rejection(request(...args)))
    equal(await refused(name), 'TypeError')
    equal(await refused(name, undefined), 'TypeError')
    equal(await refused(name, {}), 'TypeError')
    equal(await refused(name, {}, 'no function'), 'TypeError')
    equal(await refused(name, 'no object', () => {}), 'TypeError')
    equal(await refused(name, { mode: 'other' }, () => {}), 'TypeError')
    equal(await refused(name, { signal: {} }, () => {}), 'TypeError')
    equal(await refused(name, { signal: null }, () => {}), 'TypeError')
    equal(await refused(Symbol('s'), () => {}), 'TypeError')
    equal(await request(name, null, (lock: LockLike) => lock.mode), 'exclusive')
    equal(await request(name, undefined, (lock: LockLike) => lock.mode), 'exclusive')
  },
}
