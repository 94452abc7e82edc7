import { getEventListeners } from 'node:events'
import { fakeTimers } from 'test-fixtures/fake-timers'
import { describe, expect, it, vi } from 'vitest'
import { type Clock, delay, systemClock } from './index.ts'

fakeTimers()

describe('delay', () => {
  it('waits for its time and leaves no listener', async () => {
    const { signal } = new AbortController()
    const done = vi.fn()
    void delay(100, { signal }).then(done)
    await vi.advanceTimersByTimeAsync(99)
    expect(done).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)

    expect(done).toHaveBeenCalled()
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('rejects with the reason itself, before and during the wait', async () => {
    const reason = {}
    await expect(delay(100, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)

    const controller = new AbortController()
    const waiting = delay(100, { signal: controller.signal })
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('holds for longer than a timer can', async () => {
    const done = vi.fn()
    const days = 24 * 60 * 60 * 1000
    void delay(60 * days).then(done)
    await vi.advanceTimersByTimeAsync(60 * days - 1)
    expect(done).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)

    expect(done).toHaveBeenCalled()
  })

  it('of Infinity ends with its signal', async () => {
    const controller = new AbortController()
    const waiting = delay(Infinity, { signal: controller.signal })
    controller.abort('enough')

    await expect(waiting).rejects.toBe('enough')
  })

  it('ended up to a millisecond early, as timers do', async () => {
    const early: Clock = { ...systemClock, setTimeout: (fn, ms) => setTimeout(fn, Math.max(ms - 1, ms / 2)) }
    const startedAt = performance.now()
    const done = vi.fn(() => performance.now() - startedAt)
    void delay(100, { clock: early }).then(done)
    await vi.advanceTimersByTimeAsync(200)

    expect(done.mock.results[0]?.value).toBeGreaterThanOrEqual(100)
  })

  it('ends on a clock that stands still', async () => {
    await delay(1, { clock: { now: () => 0, setTimeout: queueMicrotask, clearTimeout: () => {} } })
  })

  it.each([Number.NaN, -1, -Infinity])('refuses %d by rejecting', async ms => {
    await expect(delay(ms)).rejects.toThrow(`\`ms\` must be a number of milliseconds >= 0, got ${ms}`)
    await expect(delay(ms)).rejects.toThrow(RangeError)
  })

  it('refuses what is no number', async () => {
    await expect(delay('5' as never)).rejects.toThrow(TypeError)
  })

  it('goes by the clock that it is given, which may abort', async () => {
    const controller = new AbortController()
    const cleared = vi.fn()
    const clock: Clock = { now: () => 0, setTimeout: () => controller.abort('now'), clearTimeout: cleared }

    await expect(delay(5, { clock, signal: controller.signal })).rejects.toBe('now')
    expect(cleared).toHaveBeenCalledOnce()
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })
})
