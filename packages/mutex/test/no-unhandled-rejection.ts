import { afterEach, beforeEach, expect } from 'vitest'

/** Fails each test of the file that leaves a rejection to nobody; gives those seen so far, for a test to take out. */
export function expectNoUnhandledRejection(): unknown[] {
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
  return unhandled
}
