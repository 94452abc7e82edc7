import { describe, expect, it } from 'vitest'
import { LockTrace } from './lock-trace.ts'

describe('LockTrace', () => {
  it('follows a turn from the wish to the release', () => {
    const trace = new LockTrace()
    trace.asked('q1', 'a', 'one')
    trace.asked('q2', 'a', 'two')
    trace.granted('q1')
    trace.ended('q1')

    const [first, second] = trace.turns.getSnapshot()
    expect(first).toMatchObject({ id: 'q1', grantedAt: expect.any(Number), endedAt: expect.any(Number) })
    expect(second).toEqual({ id: 'q2', chat: 'a', label: 'two', askedAt: expect.any(Number) })
  })

  it('forgets the oldest of those that are over, and none that waits', () => {
    const trace = new LockTrace()
    trace.asked('waiting', 'a', 'one')
    for (let n = 0; n < 100; n++) {
      trace.asked(`q${n}`, 'a', 'over')
      trace.ended(`q${n}`)
    }

    const ids = trace.turns.getSnapshot().map(({ id }) => id)
    expect(ids).toContain('waiting')
    expect(ids).toContain('q99')
    expect(ids.length).toBeLessThan(30)
  })
})
