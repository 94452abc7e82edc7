import { afterEach, beforeEach, expect, vi } from 'vitest'

/** Gives each test around it fake timers, of which none may be left at its end. */
export function fakeTimers(): void {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })
}
