import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Mutex } from './index.ts'

const unhandled: unknown[] = []
const onUnhandled = (reason: unknown) => unhandled.push(reason)
beforeEach(() => {
  process.on('unhandledRejection', onUnhandled)
})
afterEach(async () => {
  await new Promise(resolve => setImmediate(resolve))
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled.splice(0)).toEqual([])
})

const turn = () => new Promise(resolve => setImmediate(resolve))

describe('Mutex.runExclusive', () => {
  it('starts fn within the call on a free mutex', async () => {
    const mutex = new Mutex()
    let started = false

    const done = mutex.runExclusive(async () => {
      started = true
    })

    expect(started).toBe(true)
    expect(mutex.isLocked()).toBe(true)
    await done
    expect(mutex.isLocked()).toBe(false)
  })

  it('starts fn within the call on a free mutex with options too', async () => {
    const mutex = new Mutex()
    let started = false

    const done = mutex.runExclusive(
      () => {
        started = true
      },
      { timeoutMs: 0, signal: new AbortController().signal, priority: 1, owner: 'a' },
    )

    expect(started).toBe(true)
    await done
  })

  it('gives what fn gives, whether it is a value, a promise or a thenable', async () => {
    const mutex = new Mutex()
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
    const thenable = { then: (resolve: (value: string) => void) => resolve('thenable') }

    const results = [
      mutex.runExclusive(() => 1),
      mutex.runExclusive(async () => 2),
      mutex.runExclusive(() => thenable as PromiseLike<string>),
      mutex.runExclusive(() => 3),
    ]

    expect(await Promise.all(results)).toEqual([1, 2, 'thenable', 3])
    expect(mutex.isLocked()).toBe(false)
  })

  it('adopts a thenable once and holds the lock until it settles', async () => {
    const mutex = new Mutex()
    let adopted = 0
    let settle = () => {}
    const thenable = {
      // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
      then(resolve: (value: undefined) => void) {
        adopted++
        settle = () => resolve(undefined)
      },
    } as PromiseLike<undefined>
    const first = mutex.runExclusive(() => thenable)
    let secondRan = false
    const second = mutex.runExclusive(() => {
      secondRan = true
    })

    await turn()
    expect(secondRan).toBe(false)
    settle()
    await Promise.all([first, second])

    expect(adopted).toBe(1)
    expect(secondRan).toBe(true)
  })

  it('turns a synchronous throw into a rejection and frees the lock, free or queued', async () => {
    const mutex = new Mutex()
    const fail = () => {
      throw new Error('sync')
    }

    const free = mutex.runExclusive(fail)
    const queuedBehindOne = mutex.runExclusive(async () => {}).then(() => mutex.runExclusive(fail))
    const queued = mutex.runExclusive(fail)

    await expect(free).rejects.toThrow('sync')
    await expect(queued).rejects.toThrow('sync')
    await expect(queuedBehindOne).rejects.toThrow('sync')
    expect(mutex.isLocked()).toBe(false)
  })

  it('frees the lock when the thenable of fn throws in then, or its then cannot be read', async () => {
    const mutex = new Mutex()
    const throwing = {
      // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
      then() {
        throw new Error('in then')
      },
    } as unknown as PromiseLike<void>
    const unreadable = Object.defineProperty(Promise.resolve(), 'constructor', {
      get() {
        throw new Error('in constructor')
      },
    })

    await expect(mutex.runExclusive(() => throwing)).rejects.toThrow('in then')
    await expect(mutex.runExclusive(() => unreadable)).rejects.toThrow('in constructor')
    const holding = mutex.runExclusive(turn)
    const queued = [mutex.runExclusive(() => throwing), mutex.runExclusive(() => unreadable)]
    expect((await Promise.allSettled(queued)).map(result => result.status)).toEqual(['rejected', 'rejected'])
    await holding
    expect(mutex.isLocked()).toBe(false)
  })

  it('rejects with falsy reasons too', async () => {
    const mutex = new Mutex()

    for (const reason of [undefined, null, 0, '', false]) {
      await expect(mutex.runExclusive(() => Promise.reject(reason))).rejects.toBe(reason)
      const holding = mutex.runExclusive(turn)
      await expect(mutex.runExclusive(() => Promise.reject(reason))).rejects.toBe(reason)
      await holding
    }
  })

  it('passes nothing to fn, whatever its arity', async () => {
    const mutex = new Mutex()
    const arities: unknown[][] = []

    await mutex.runExclusive(((...args: unknown[]) => arities.push(args)) as () => number)
    await mutex.runExclusive(((a: unknown, b: unknown, c: unknown) => arities.push([a, b, c])) as () => number)

    expect(arities).toEqual([[], [undefined, undefined, undefined]])
  })

  it('rejects when fn is no function', async () => {
    const mutex = new Mutex()

    await expect(mutex.runExclusive(undefined as never)).rejects.toThrow(TypeError)
    expect(mutex.isLocked()).toBe(false)
  })

  it('does not let one section reach the next with its failure', async () => {
    const mutex = new Mutex()
    const sections = [
      mutex.runExclusive(() => Promise.reject(new Error('first'))),
      mutex.runExclusive(async () => 'second'),
      mutex.runExclusive(() => Promise.reject(new Error('third'))),
      mutex.runExclusive(async () => 'fourth'),
    ]

    const outcomes = await Promise.allSettled(sections)

    expect(outcomes.map(outcome => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason.message))).toEqual([
      'first',
      'second',
      'third',
      'fourth',
    ])
  })

  it('reports the rejection of a section that nobody looks at, as any promise does', async () => {
    const mutex = new Mutex()

    void mutex.runExclusive(() => Promise.reject('free')).then(() => {})
    void mutex.runExclusive(() => Promise.reject('queued')).then(() => {})
    await turn()
    await turn()

    expect(unhandled.splice(0)).toEqual(['free', 'queued'])
  })

  it('runs 100,000 synchronous sections in order without growing the stack', async () => {
    const mutex = new Mutex()
    const order: number[] = []

    const guard = await mutex.acquire()
    const sections = Array.from({ length: 100_000 }, (_, i) => mutex.runExclusive(() => void order.push(i)))
    expect(mutex.pending).toBe(100_000)
    guard.release()
    await Promise.all(sections)

    expect(order).toEqual(Array.from({ length: 100_000 }, (_, i) => i))
    expect(mutex.isLocked()).toBe(false)
  })

  it('runs a queued section in its caller\u2019s async context', async () => {
    const context = new AsyncLocalStorage<number>()
    const mutex = new Mutex()
    const seen: unknown[] = []

    const sections = [0, 1, 2, 3].map(i =>
      context.run(i, () =>
        mutex.runExclusive(async () => {
          seen.push(context.getStore())
          await turn()
          seen.push(context.getStore())
        }),
      ),
    )
    await Promise.all(sections)

    expect(seen).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
  })
})

describe('Mutex hand-over', () => {
  it('lets no newcomer overtake the queue, in whatever microtask it comes', async () => {
    for (let delay = 0; delay < 9; delay++) {
      const mutex = new Mutex()
      const order: string[] = []
      const guard = await mutex.acquire()
      const queued = mutex.runExclusive(() => void order.push('queued'))

      guard.release()
      for (let i = 0; i < delay; i++) await undefined
      const newcomer = mutex.runExclusive(() => void order.push('newcomer'))
      await Promise.all([queued, newcomer])

      expect(order).toEqual(['queued', 'newcomer'])
    }
  })

  it('never shows a free lock between two sections', async () => {
    const mutex = new Mutex()
    const sections = [0, 1, 2].map(() => mutex.runExclusive(async () => {}))
    let ended = 0
    for (const section of sections) void section.then(() => ended++)

    while (ended < 3) {
      if (ended < 2) expect(mutex.isLocked()).toBe(true)
      await undefined
    }

    expect(mutex.isLocked()).toBe(false)
  })

  it('never starts a waiter inside the release of another', async () => {
    const mutex = new Mutex()
    const guard = await mutex.acquire()
    let started = false
    const queued = mutex.runExclusive(() => {
      started = true
    })

    guard.release()

    expect(started).toBe(false)
    expect(mutex.isLocked()).toBe(true)
    expect(mutex.pending).toBe(0)
    await queued
    expect(started).toBe(true)
  })
})

describe('Mutex guards', () => {
  it('release the lock once, however often and in whatever way they are released', async () => {
    const mutex = new Mutex()
    const first = await mutex.acquire()
    const order: string[] = []
    let inside = 0
    const enter = async (name: string) => {
      inside++
      expect(inside).toBe(1)
      order.push(name)
      await turn()
      inside--
    }
    const sections = ['a', 'b', 'c'].map(name => mutex.runExclusive(() => enter(name)))

    first.release()
    first.release()
    first[Symbol.dispose]()
    expect(first.released).toBe(true)
    await undefined
    first.release()
    await Promise.all(sections)
    const again = await mutex.acquire()
    first.release()

    expect(mutex.isLocked()).toBe(true)
    expect(again.released).toBe(false)
    again.release()
    expect(order).toEqual(['a', 'b', 'c'])
    expect(mutex.isLocked()).toBe(false)
  })

  it('work with using and await using', async () => {
    const mutex = new Mutex()
    {
      using guard = await mutex.acquire()
      expect(guard.released).toBe(false)
      expect(mutex.isLocked()).toBe(true)
    }
    expect(mutex.isLocked()).toBe(false)
    {
      await using guard = await mutex.acquire()
      expect(guard.released).toBe(false)
    }
    expect(mutex.isLocked()).toBe(false)
  })

  it('come from tryAcquire only when the lock is free', async () => {
    const mutex = new Mutex()

    const guard = mutex.tryAcquire()
    expect(guard).toBeDefined()
    expect(mutex.tryAcquire()).toBeUndefined()
    guard?.release()
    expect(mutex.isLocked()).toBe(false)

    const holding = mutex.runExclusive(async () => {})
    expect(mutex.tryAcquire()).toBeUndefined()
    await holding
  })

  it('are the only way to free a lock: the mutex itself has no release', () => {
    expect('release' in new Mutex()).toBe(false)
  })
})

describe('Mutex.waitForUnlock', () => {
  it('resolves at once on a free mutex', async () => {
    await new Mutex().waitForUnlock()
  })

  it('resolves when nobody holds or waits any more, and not before', async () => {
    const mutex = new Mutex()
    const guard = await mutex.acquire()
    const order: string[] = []
    const unlocked = mutex.waitForUnlock().then(() => order.push('unlocked'))
    const queued = mutex.runExclusive(turn).then(() => order.push('section'))

    expect(mutex.pending).toBe(1)
    guard.release()
    await Promise.all([unlocked, queued])

    expect(order).toEqual(['section', 'unlocked'])
    expect(mutex.isLocked()).toBe(false)
  })

  it('is left alone by cancel', async () => {
    const mutex = new Mutex()
    const guard = await mutex.acquire()
    const unlocked = mutex.waitForUnlock()

    expect(mutex.cancel()).toBe(0)
    guard.release()

    await unlocked
  })

  it('does not take the lock, and wakes all who wait for it', async () => {
    const mutex = new Mutex()
    const guard = await mutex.acquire()
    const waits = [mutex.waitForUnlock(), mutex.waitForUnlock(), mutex.waitForUnlock()]

    guard.release()

    expect(mutex.isLocked()).toBe(false)
    await Promise.all(waits)
  })

  it('ends with the signal or the time-out', async () => {
    const mutex = new Mutex()
    using _guard = await mutex.acquire()
    const controller = new AbortController()
    const aborted = mutex.waitForUnlock({ signal: controller.signal })
    controller.abort('enough')

    await expect(aborted).rejects.toBe('enough')
    await expect(mutex.waitForUnlock({ timeoutMs: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' })
    await expect(mutex.waitForUnlock({ timeoutMs: 1 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' })
  })
})

describe('Mutex options', () => {
  it('name what is wrong with them, the range and what came', async () => {
    expect(() => new Mutex({ maxPending: -1 })).toThrow(new RangeError('`maxPending` must be an integer >= 0, got -1'))
    expect(() => new Mutex({ maxPending: 1.5 })).toThrow(RangeError)
    expect(() => new Mutex({ maxPending: Number.NaN })).toThrow(RangeError)
    expect(() => new Mutex({ maxPending: '1' as never })).toThrow(TypeError)

    const mutex = new Mutex()
    await expect(mutex.acquire({ timeoutMs: -5 })).rejects.toThrow(
      new RangeError('`timeoutMs` must be a number of milliseconds >= 0, got -5'),
    )
    await expect(mutex.acquire({ timeoutMs: Number.NaN })).rejects.toThrow(RangeError)
    await expect(mutex.acquire({ timeoutMs: '5' as never })).rejects.toThrow(TypeError)
    await expect(mutex.runExclusive(() => 1, { priority: Number.POSITIVE_INFINITY })).rejects.toThrow(RangeError)
    await expect(mutex.runExclusive(() => 1, { signal: {} as never })).rejects.toThrow(TypeError)
    await expect(mutex.waitForUnlock({ timeoutMs: -1 })).rejects.toThrow(RangeError)
    expect(mutex.isLocked()).toBe(false)
  })

  it('refuse one waiter more than maxPending', async () => {
    const mutex = new Mutex({ name: 'door', maxPending: 2 })
    const guard = await mutex.acquire()
    const sections = [mutex.runExclusive(() => 1), mutex.runExclusive(() => 2)]

    await expect(mutex.runExclusive(() => 3)).rejects.toMatchObject({
      name: 'QueueFullError',
      code: 'QUEUE_FULL',
      message: '2 wait for door already',
    })
    expect(mutex.pending).toBe(2)
    guard.release()

    expect(await Promise.all(sections)).toEqual([1, 2])
    await expect(new Mutex({ maxPending: 0 }).runExclusive(() => 'free')).resolves.toBe('free')
  })

  it('may all be undefined', async () => {
    const mutex = new Mutex({ name: undefined, maxPending: undefined })

    await mutex.runExclusive(() => {}, {
      signal: undefined,
      timeoutMs: undefined,
      priority: undefined,
      owner: undefined,
    })
    expect(mutex.name).toBe('mutex')
  })
})
