import { LockManager } from '@x/mutex'
import { systemClock } from '@x/retry'
import { expect, it } from 'vitest'
import { deferred } from '../test/deferred.ts'
import { lockScope, withWriteLock } from './lock-scope.ts'
import { memoryStore } from './memory-store.ts'

it('lets two writes that both steal the lock of a frozen one end as they end', async () => {
  const scope = lockScope(memoryStore(), new LockManager())
  const clock = { ...systemClock, setTimeout: (fn: () => void) => setTimeout(fn) }
  const write = <T>(fn: () => Promise<T>) => withWriteLock(scope, 's', 'exclusive', clock, fn)
  const never = new Promise<never>(() => {})
  void scope.locks.request(`${scope.prefix}write:s`, () => never).catch(() => {})
  const [began, first] = [deferred(), deferred<string>()]

  const writes = [
    write(() => {
      began.resolve()
      return first.promise
    }),
  ]
  await began.promise
  writes.push(write(async () => 'second'))
  await writes[1]
  first.resolve('first')

  expect(await Promise.all(writes)).toEqual(['first', 'second'])
})
