import { afterEach, describe, expect, it, vi } from 'vitest'
import { Connection } from './indexeddb-connection.ts'

/** A database that takes 14 s to open, and whose transactions never end. */
function stubDatabase(): { opened: number } {
  const seen = { opened: 0 }
  const db = { transaction: () => ({ abort() {} }), close() {} }
  vi.stubGlobal('indexedDB', {
    open() {
      seen.opened++
      const request: { result: object; onsuccess?: () => void } = { result: db }
      setTimeout(() => request.onsuccess?.(), 14_000)
      return request
    },
  })
  return seen
}

describe('an operation on a database that is slow to open and then blocked', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })

  it('settles within 20 s as a whole, not by its parts', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const seen = stubDatabase()
    const connection = new Connection('slow', () => {})
    const outcome = vi.fn()
    void connection.run({ mode: 'readonly' }, () => new Promise(() => {})).catch(outcome)
    await vi.advanceTimersByTimeAsync(14_500)
    expect([seen.opened, outcome.mock.calls.length]).toEqual([1, 0])
    await vi.advanceTimersByTimeAsync(5500)
    expect(outcome).toHaveBeenCalledWith(expect.objectContaining({ code: 'STORE_BLOCKED' }))
    expect(vi.getTimerCount()).toBe(0)
  })
})
