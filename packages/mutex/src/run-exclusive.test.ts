import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, it } from 'vitest'
import { expectNoUnhandledRejection } from '../test/no-unhandled-rejection.ts'
import { Mutex } from './index.ts'

const unhandled = expectNoUnhandledRejection()

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

  it('gives an async generator as it came: its body runs when it is read, after the section', async () => {
    const mutex = new Mutex()
    const locked: boolean[] = []
    async function* lines() {
      locked.push(mutex.isLocked())
      yield 'line'
    }

    const free = await mutex.runExclusive(lines)
    const holding = mutex.runExclusive(turn)
    const queued = await mutex.runExclusive(lines)
    await holding
    for (const given of [free, queued]) for await (const line of given) expect(line).toBe('line')

    expect(locked).toEqual([false, false])
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

  it('lets timers in between sections that wait for one, however many are queued', async () => {
    const mutex = new Mutex()
    let done = 0
    const sections = Array.from({ length: 10_000 }, () =>
      mutex.runExclusive(async () => {
        // A pause now and then, as in any long loop: a lock hands over in microtasks, and those go before timers.
        if (++done % 1000 === 0) await new Promise(resolve => setTimeout(resolve, 0))
      }),
    )
    let seen = 0
    setTimeout(() => {
      seen = done
    }, 0)

    await Promise.all(sections)

    expect(seen).toBeGreaterThan(0)
    expect(seen).toBeLessThan(10_000)
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
