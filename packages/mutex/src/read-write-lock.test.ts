import { describe, expect, it } from 'vitest'
import { ReadWriteLock } from './index.ts'

const turn = () => new Promise(resolve => setImmediate(resolve))

describe('ReadWriteLock', () => {
  it('lets readers in together and writers alone, in the order in which they came', async () => {
    const lock = new ReadWriteLock()
    const log: string[] = []
    const section = (name: string) => async () => {
      log.push(`${name} in`)
      await turn()
      log.push(`${name} out`)
    }
    const sections = [
      lock.runRead(section('r1')),
      lock.runRead(section('r2')),
      lock.runWrite(section('w1')),
      lock.runRead(section('r3')),
      lock.runWrite(section('w2')),
    ]

    expect(log).toEqual(['r1 in', 'r2 in'])
    expect([lock.pending, lock.isLocked()]).toEqual([3, true])
    await Promise.all(sections)

    expect(log.slice(0, 2)).toEqual(['r1 in', 'r2 in'])
    expect(log.slice(2, 4).sort()).toEqual(['r1 out', 'r2 out'])
    expect(log.slice(4)).toEqual(['w1 in', 'w1 out', 'r3 in', 'r3 out', 'w2 in', 'w2 out'])
    expect([lock.pending, lock.isLocked()]).toEqual([0, false])
  })

  it('lets no reader past a waiting writer, so that readers cannot starve it', async () => {
    const lock = new ReadWriteLock()
    const reader = await lock.acquireRead()
    const writer = lock.acquireWrite()

    expect(lock.tryAcquireRead()).toBeUndefined()
    const late = lock.acquireRead()
    reader.release()
    const guard = await writer
    expect(lock.tryAcquireRead()).toBeUndefined()
    guard.release()
    ;(await late).release()
  })

  it('lets readers in once the writer ahead of them gives up', async () => {
    const lock = new ReadWriteLock()
    using _reader = await lock.acquireRead()
    const writer = lock.acquireWrite({ timeoutMs: 5 })
    const late = lock.acquireRead()

    await expect(writer).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' })
    ;(await late).release()
  })

  it('tries without waiting', async () => {
    const lock = new ReadWriteLock()
    const reader = lock.tryAcquireRead()

    expect(reader).toBeDefined()
    expect(lock.tryAcquireRead()).toBeDefined()
    expect(lock.tryAcquireWrite()).toBeUndefined()

    const fresh = new ReadWriteLock()
    const writer = fresh.tryAcquireWrite()
    expect(writer?.released).toBe(false)
    expect(fresh.tryAcquireRead()).toBeUndefined()
    writer?.release()
    expect(writer?.released).toBe(true)
    expect(fresh.isLocked()).toBe(false)
  })

  it('lets a writer go on as a reader, with nobody in between', async () => {
    const lock = new ReadWriteLock()
    const log: string[] = []
    const guard = await lock.acquireWrite()
    const reading = lock.runRead(() => void log.push('reader'))
    const writing = lock.runWrite(() => void log.push('writer'))

    guard.downgrade()
    guard.downgrade()
    await reading
    await turn()
    expect(log).toEqual(['reader'])
    expect(guard.released).toBe(false)
    guard.release()
    guard.release()
    await writing

    expect(log).toEqual(['reader', 'writer'])
    expect(lock.isLocked()).toBe(false)
  })

  it('does not come back to life: downgrade after release does nothing', async () => {
    const lock = new ReadWriteLock()
    const guard = await lock.acquireWrite()
    guard.release()
    guard.downgrade()

    expect(lock.isLocked()).toBe(false)
    expect(lock.tryAcquireWrite()).toBeDefined()
  })

  it('works with using', async () => {
    const lock = new ReadWriteLock()
    {
      using _writer = await lock.acquireWrite()
      expect(lock.isLocked()).toBe(true)
    }
    expect(lock.isLocked()).toBe(false)
  })

  it('cancels readers and writers that wait', async () => {
    const lock = new ReadWriteLock()
    const guard = await lock.acquireWrite()
    const waits = [lock.acquireRead(), lock.acquireWrite()]

    expect(lock.cancel('closing')).toBe(2)
    for (const wait of waits) await expect(wait).rejects.toMatchObject({ code: 'LOCK_CANCELED', cause: 'closing' })
    guard.release()
    expect(lock.isLocked()).toBe(false)
  })
})
