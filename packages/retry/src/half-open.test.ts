import { fakeTimers } from 'test-fixtures/fake-timers'
import { describe, expect, it, vi } from 'vitest'
import { fail, succeed } from '../test/breaker-calls.ts'
import { type CircuitBreaker, CircuitOpenError, circuitBreaker } from './index.ts'

const fine = async () => 'fine'

fakeTimers()

describe('a half-open breaker', () => {
  async function halfOpen(options = {}): Promise<CircuitBreaker> {
    const breaker = circuitBreaker(options)
    await fail(breaker, 3)
    await vi.advanceTimersByTimeAsync(5000)
    return breaker
  }

  it.each([1, 3])('lets exactly %d of a thousand concurrent calls through', async probes => {
    const breaker = await halfOpen({ probes })
    const finish: (() => void)[] = []
    const fn = vi.fn(() => new Promise<void>(resolve => finish.push(resolve)))
    const calls = Array.from({ length: 1000 }, () => breaker.execute(fn).catch(error => error.code))
    for (const resolve of finish) resolve()
    const results = await Promise.all(calls)

    expect(fn).toHaveBeenCalledTimes(probes)
    expect(results.filter(result => result === 'RETRY_CIRCUIT_OPEN')).toHaveLength(1000 - probes)
    expect(breaker.state).toBe('closed')
  })

  it('lets no other call through in the place of a probe that has succeeded', async () => {
    const breaker = await halfOpen({ probes: 2 })
    const slow = breaker.execute(() => new Promise(resolve => setTimeout(resolve, 50)))
    await succeed(breaker, 1)
    await expect(breaker.execute(fine)).rejects.toBeInstanceOf(CircuitOpenError)
    await vi.runAllTimersAsync()
    await slow
    expect(breaker.state).toBe('closed')
  })

  it('takes the time-out by which the caller aborts a probe for no failure', async () => {
    const breaker = await halfOpen()
    const controller = new AbortController()
    const call = breaker.execute(() => new Promise(() => {}), { signal: controller.signal }).catch(error => error)
    controller.abort(new DOMException('x', 'TimeoutError'))
    await call
    expect(breaker.state).toBe('half-open')
  })

  it('opens again when a probe fails', async () => {
    const breaker = await halfOpen()
    await fail(breaker, 1)

    expect(breaker.state).toBe('open')
    await expect(breaker.execute(fine)).rejects.toMatchObject({ retryAfterMs: 5000 })
  })

  it('closes by its threshold, and opens once that is out of reach', async () => {
    const closing = await halfOpen({ probes: 3, probeThreshold: 2 })
    await fail(closing, 1)
    await succeed(closing, 2)
    expect(closing.state).toBe('closed')

    const opening = await halfOpen({ probes: 3, probeThreshold: 2 })
    await succeed(opening, 1)
    await fail(opening, 2)
    expect(opening.state).toBe('open')
  })

  it('gives the place of a probe that says nothing to the next call', async () => {
    const breaker = await halfOpen()
    await fail(breaker, 1, new DOMException('x', 'AbortError'))
    expect(breaker.state).toBe('half-open')
    await succeed(breaker, 1)

    expect(breaker.state).toBe('closed')
  })

  it('takes a probe that hangs for a failure', async () => {
    const breaker = await halfOpen({ probeTimeoutMs: 2000 })
    let finish = (): void => {}
    const hung = breaker.execute(() => new Promise<void>(resolve => (finish = resolve)))
    await vi.advanceTimersByTimeAsync(2000)
    await expect(breaker.execute(fine)).rejects.toBeInstanceOf(CircuitOpenError)
    expect(breaker.state).toBe('open')
    finish()
    await hung

    expect(breaker.state).toBe('open')
    await vi.advanceTimersByTimeAsync(5000)
    await succeed(breaker, 1)
    expect(breaker.state).toBe('closed')
  })
})

describe('results of calls from before a change of state', () => {
  it('neither close nor open it', async () => {
    const breaker = circuitBreaker()
    const settle: { resolve: () => void; reject: (error: unknown) => void }[] = []
    const calls = Array.from({ length: 9 }, () =>
      breaker.execute(() => new Promise<void>((resolve, reject) => settle.push({ resolve, reject }))).catch(() => {}),
    )
    for (const { reject } of settle.slice(0, 3)) reject(new Error('down'))
    await Promise.all(calls.slice(0, 3))
    expect(breaker.state).toBe('open')
    for (const { resolve } of settle.slice(3, 6)) resolve()
    await Promise.all(calls.slice(3, 6))
    expect(breaker.state).toBe('open')

    await vi.advanceTimersByTimeAsync(5000)
    await succeed(breaker, 1)
    for (const { reject } of settle.slice(6)) reject(new Error('down'))
    await Promise.all(calls)
    expect(breaker.state).toBe('closed')
  })

  it.each(['isolate', 'reset'] as const)('%s in its own listener holds', async method => {
    const breaker = circuitBreaker({ openMs: 0, consecutiveFailures: 1 })
    await breaker.execute(() => Promise.reject(new Error('down'))).catch(() => {})
    breaker.on('state-changed', ({ to }) => {
      if (to === 'half-open') breaker[method]()
    })
    const call = breaker.execute(() => 'through').catch(error => error.retryAfterMs)

    expect(await call).toBe(method === 'isolate' ? Infinity : 'through')
    expect([breaker.state, breaker.exportState().isIsolated]).toEqual(
      method === 'isolate' ? ['open', true] : ['closed', false],
    )
  })
})
