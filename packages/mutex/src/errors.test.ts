import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import {
  DeadlockError,
  isLockError,
  LockCanceledError,
  LockError,
  LockLostError,
  LockTimeoutError,
  QueueFullError,
} from './index.ts'

describe('errors', () => {
  it('have a name, a stable code and a stack that names them', () => {
    const errors = [
      new LockTimeoutError('m'),
      new LockCanceledError('m'),
      new QueueFullError('m'),
      new LockLostError('m', { cause: 'connection' }),
      new DeadlockError([{ owner: 1, lock: 'a' }]),
    ]

    expect(errors.map(error => [error.name, error.code, error.message])).toEqual([
      ['LockTimeoutError', 'LOCK_TIMEOUT', 'm'],
      ['LockCanceledError', 'LOCK_CANCELED', 'm'],
      ['QueueFullError', 'QUEUE_FULL', 'm'],
      ['LockLostError', 'LOCK_LOST', 'm'],
      ['DeadlockError', 'DEADLOCK', '1 waits for a'],
    ])
    for (const error of errors) {
      expect(error).toBeInstanceOf(LockError)
      expect(error).toBeInstanceOf(Error)
      expect(isLockError(error)).toBe(true)
      expect(error.stack).toContain('errors.test.ts')
    }
    expect(errors[3]?.cause).toBe('connection')
  })

  it('are known by brand, over realms and copies', () => {
    const foreign = runInNewContext(`
      const error = new Error('from elsewhere')
      Object.defineProperty(error, Symbol.for('@x/mutex.LockError'), {})
      error`)

    expect(isLockError(foreign)).toBe(true)
    expect(isLockError(new Error('mine'))).toBe(false)
    for (const value of [undefined, null, 0, '', 'LockError', Symbol.iterator, () => {}])
      expect(isLockError(value)).toBe(false)
  })

  it('print owners of any kind', () => {
    const { message } = new DeadlockError([
      { owner: Symbol('s'), lock: 'a' },
      { owner: { id: 1 }, lock: 'b' },
      { owner: Object.create(null), lock: 'c' },
      { owner: { name: 'job 7' }, lock: 'd' },
    ])

    expect(message).toBe('Symbol(s) waits for a, object waits for b, object waits for c, job 7 waits for d')
  })
})
