import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLockError, KeyedMutex, LockManager, Mutex, ReadWriteLock, Semaphore } from './index.ts'

const numRuns = process.env.SEARCH ? 10_000 : 300

type Wait = { owner: unknown; priority: number }
/** Takes a lock whole or in part, and gives what gives it back. */
type Take = (wait: Wait, whole: boolean) => Promise<() => void>

/** Locks of every kind, each taken in the same way. */
function allKinds(): Take[] {
  const mutex = new Mutex()
  const semaphore = new Semaphore(2)
  const readWrite = new ReadWriteLock()
  const keyed = new KeyedMutex<string>()
  const locks = new LockManager()
  const releasing = async (guard: Promise<{ release(): void }>) => {
    const held = await guard
    return () => held.release()
  }
  return [
    wait => releasing(mutex.acquire(wait)),
    (wait, whole) => releasing(semaphore.acquire({ ...wait, permits: whole ? 2 : 1 })),
    (wait, whole) => releasing(whole ? readWrite.acquireWrite(wait) : readWrite.acquireRead(wait)),
    wait => releasing(keyed.acquire('a', wait)),
    (wait, whole) => releasing(whole ? keyed.acquireAll(['b', 'c'], wait) : keyed.acquire('c', wait)),
    ({ owner }, whole) =>
      new Promise((resolve, reject) => {
        const inside = () => new Promise<void>(release => resolve(release))
        locks.request('d', { owner, mode: whole ? 'exclusive' : 'shared' }, inside).catch(reject)
      }),
  ]
}

const KINDS = allKinds().length
const claim = fc.record({
  lock: fc.nat(KINDS - 1),
  whole: fc.boolean(),
  priority: fc.constantFrom(0, 0, 0, 1, 2),
})
/** What one owner takes, one after the other, before it gives all back. */
type Claims = readonly { lock: number; whole: boolean; priority: number }[]

/** Runs the claims of all owners, interleaved by the scheduler; gives how each of them ended. */
async function interleave(scheduler: fc.Scheduler, owners: readonly Claims[]): Promise<string[]> {
  const kinds = allKinds()
  const ends: string[] = owners.map(() => 'hangs')
  const run = async (claims: Claims, index: number) => {
    const owner = { index }
    const releases: (() => void)[] = []
    try {
      for (const { lock, whole, priority } of claims) {
        await scheduler.schedule(Promise.resolve(), `owner ${index} takes lock ${lock}`)
        releases.push(await (kinds[lock] as Take)({ owner, priority }, whole))
      }
      ends[index] = 'done'
    } catch (error) {
      ends[index] = isLockError(error) ? error.code : String(error)
    }
    for (const release of releases.reverse()) release()
  }
  owners.forEach((claims, index) => void run(claims, index))
  await scheduler.waitIdle()
  for (let i = 0; i < 50 * owners.length; i++) await undefined
  await scheduler.waitIdle()
  return ends
}

describe('random owners over all kinds of lock', () => {
  it('that take locks in one order meet no deadlock', async () => {
    const inOrder = fc
      .uniqueArray(claim, { selector: ({ lock }) => lock, maxLength: 4 })
      .map(claims => claims.sort((a, b) => a.lock - b.lock))
    const property = fc.asyncProperty(
      fc.scheduler(),
      fc.array(inOrder, { minLength: 2, maxLength: 6 }),
      async (scheduler, owners) => {
        expect(new Set(await interleave(scheduler, owners))).toEqual(new Set(['done']))
      },
    )
    await fc.assert(property, { numRuns })
  })

  it('that take locks in any order never hang: every deadlock is found by the wait that closes it', async () => {
    const anyOrder = fc.array(claim, { maxLength: 5 })
    const property = fc.asyncProperty(
      fc.scheduler(),
      fc.array(anyOrder, { minLength: 1, maxLength: 6 }),
      async (scheduler, owners) => {
        const ends = await interleave(scheduler, owners)
        expect(ends.filter(end => end !== 'done' && end !== 'DEADLOCK')).toEqual([])
      },
    )
    await fc.assert(property, { numRuns })
  })

  it('end in one DeadlockError that names each of them once, in a circle of one, two or five', async () => {
    const circle = fc
      .constantFrom(1, 2, 5)
      .chain(size => fc.shuffledSubarray([0, 1, 2, 3, 5], { minLength: size, maxLength: size }))
    const property = fc.asyncProperty(circle, async order => {
      const kinds = allKinds()
      const owners = order.map(index => ({ index }))
      const take = (nth: number, owner: unknown) =>
        (kinds[order[nth % order.length] as number] as Take)({ owner, priority: 0 }, true)
      for (const [i, owner] of owners.entries()) await take(i, owner)
      for (const [i, owner] of owners.entries()) if (i > 0) void take(i + 1, owner)

      const error = await take(1, owners[0]).then(
        () => undefined,
        error => error,
      )

      expect(error).toMatchObject({ code: 'DEADLOCK' })
      expect(error.cycle.map((link: { owner: unknown }) => link.owner)).toEqual(owners)
    })
    await fc.assert(property, { numRuns: Math.min(numRuns, 1000) })
  })
})
