import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Fault, FaultyLock } from '../test/faulty-lock.ts'
import { programs, runProgram, type Subject } from '../test/lock-program.ts'
import { Mutex, ReadWriteLock, Semaphore } from './index.ts'

const numRuns = process.env.SEARCH ? 20_000 : 300

const mutex: Subject = {
  capacity: 1,
  weights: [1],
  create(maxPending) {
    const lock = new Mutex({ maxPending })
    return {
      acquire: (_, options) => lock.acquire(options),
      run: (_, fn, options) => lock.runExclusive(fn, options),
      cancel: () => lock.cancel(),
      isLocked: () => lock.isLocked(),
      get pending() {
        return lock.pending
      },
    }
  },
}

const semaphore: Subject = {
  capacity: 4,
  weights: [1, 1, 2, 4],
  create(maxPending) {
    const lock = new Semaphore(4, { maxPending })
    return {
      acquire: (permits, options) => lock.acquire({ ...options, permits }),
      run: (permits, fn, options) => lock.run(fn, { ...options, permits }),
      cancel: () => lock.cancel(),
      isLocked: () => lock.available < 4 || lock.pending > 0,
      get pending() {
        return lock.pending
      },
    }
  },
}

const WRITE = 1000
const readWriteLock: Subject = {
  capacity: WRITE,
  weights: [1, 1, WRITE],
  create(maxPending) {
    const lock = new ReadWriteLock({ maxPending })
    return {
      acquire: (weight, options) => (weight === WRITE ? lock.acquireWrite(options) : lock.acquireRead(options)),
      run: (weight, fn, options) => (weight === WRITE ? lock.runWrite(fn, options) : lock.runRead(fn, options)),
      cancel: () => lock.cancel(),
      isLocked: () => lock.isLocked(),
      get pending() {
        return lock.pending
      },
    }
  },
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** What random programs on a kind of lock find. */
async function search(subject: Subject, runs = numRuns): Promise<string | undefined> {
  const property = fc.asyncProperty(programs(subject), program => runProgram(subject, program))
  const clean = property.beforeEach(() => {
    vi.clearAllTimers()
  })
  return fc.defaultReportMessage(await fc.check(clean, { numRuns: runs, includeErrorInReport: true }))
}

describe('random programs of acquire, run, release, abort, cancel and time', () => {
  it('find nothing in a mutex that the model does not do', async () => {
    expect(await search(mutex)).toBeUndefined()
  })

  it('find nothing in a semaphore that the model does not do', async () => {
    expect(await search(semaphore)).toBeUndefined()
  })

  it('find nothing in a read-write lock that the model does not do', async () => {
    expect(await search(readWriteLock)).toBeUndefined()
  })
})

describe('the search itself', () => {
  const faulty = (fault: Fault): Subject => ({ ...mutex, create: maxPending => new FaultyLock(fault, maxPending) })

  it('finds nothing in a lock without a fault', async () => {
    expect(await search(faulty('none'), 300)).toBeUndefined()
  })

  it.each<Fault>([
    'release twice',
    'no removal on abort',
    'overtaking',
    'lost hand-over',
    'release on the wrong owner',
  ])('finds the fault "%s"', async fault => {
    expect(await search(faulty(fault), 5000)).toContain('Property failed')
  })
})
