import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Clock, delay, hedge, retryBudget, systemClock } from './index.ts'

const unhandled = vi.fn()

beforeEach(() => {
  vi.useFakeTimers()
  process.on('unhandledRejection', unhandled)
})
afterEach(async () => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  await new Promise(resolve => setTimeout(resolve, 1))
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
})

/** Calls that take these times, then fail where it is negative; tells how each was aborted. */
function calls(...times: number[]) {
  const aborted: unknown[] = []
  let count = 0
  const fn = vi.fn(async ({ signal }: { signal: AbortSignal }) => {
    const number = ++count
    const ms = times[number - 1] ?? 0
    signal.addEventListener('abort', () => aborted.push([number, signal.reason]), { once: true })
    await delay(Math.abs(ms), { signal })
    if (ms < 0) throw new Error(`${number}`)
    return number
  })
  return { fn, aborted }
}

async function run(call: Promise<unknown>): Promise<unknown> {
  const settled = call.catch(error => error)
  await vi.runAllTimersAsync()
  return settled
}

describe('hedge', () => {
  it('starts no second call when the first is in time', async () => {
    const { fn } = calls(50)
    expect(await run(hedge({ delayMs: 100 }).execute(fn))).toBe(1)
    expect(fn).toHaveBeenCalledOnce()
  })

  it('takes the faster of two and aborts the other', async () => {
    const { fn, aborted } = calls(1000, 50)

    expect(await run(hedge({ delayMs: 100 }).execute(fn))).toBe(2)
    expect(aborted).toMatchObject([[1, { name: 'AbortError' }]])
  })

  it('takes the first after all when the second fails', async () => {
    const { fn } = calls(300, -50)
    expect(await run(hedge({ delayMs: 100 }).execute(fn))).toBe(1)
  })

  it('rejects with the last error when all fail', async () => {
    const { fn } = calls(-300, -50)
    expect(await run(hedge({ delayMs: 100 }).execute(fn))).toEqual(new Error('1'))
  })

  it('is no retry: a first call that fails early fails', async () => {
    const { fn } = calls(-50)
    expect(await run(hedge({ delayMs: 100 }).execute(fn))).toEqual(new Error('1'))
    expect(fn).toHaveBeenCalledOnce()
  })

  it('starts one more after each delay, up to its maximum', async () => {
    const { fn } = calls(9000, 9000, 9000, 9000)
    const onHedge = vi.fn()
    await run(hedge({ delayMs: 100, maxHedges: 2, onHedge }).execute(fn))

    expect(fn).toHaveBeenCalledTimes(3)
    expect(onHedge.mock.calls).toEqual([[{ attempt: 2 }], [{ attempt: 3 }]])
  })

  it('starts none when the budget is empty', async () => {
    const { fn } = calls(500)
    expect(await run(hedge({ delayMs: 100, budget: retryBudget({ maxTokens: 0 }) }).execute(fn))).toBe(1)
    expect(fn).toHaveBeenCalledOnce()
  })

  it('ends at once when the caller aborts, and tells every call', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const { fn, aborted } = calls(9000, 9000)
    const call = hedge({ delayMs: 100 }).execute(fn, { signal })
    await vi.advanceTimersByTimeAsync(150)
    controller.abort('enough')

    await expect(call).rejects.toBe('enough')
    expect(aborted).toEqual([
      [1, 'enough'],
      [2, 'enough'],
    ])
    expect(getEventListeners(signal, 'abort')).toEqual([])
    await expect(hedge().execute(fn, { signal })).rejects.toBe('enough')
    expect(fn).toHaveBeenCalledTimes(2)
  })

  it('calls nothing and leaves no timer when its clock aborts', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const clock: Clock = {
      ...systemClock,
      setTimeout(callback, ms) {
        controller.abort('enough')
        return systemClock.setTimeout(callback, ms)
      },
    }
    const fn = vi.fn()

    await expect(hedge({ clock }).execute(fn, { signal })).rejects.toBe('enough')
    expect(fn).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('refunds one success, though both calls succeed', async () => {
    const budget = retryBudget()
    await run(hedge({ delayMs: 100, budget }).execute(() => delay(150)))
    expect(budget.tokens).toBe(61)
  })

  it('starts the second call though onHedge throws', async () => {
    const { fn } = calls(1000, 50)
    const onHookError = vi.fn()
    const onHedge = () => {
      throw new Error('hook')
    }
    expect(await run(hedge({ delayMs: 100, onHedge, onHookError }).execute(fn))).toBe(2)
    expect(onHookError).toHaveBeenCalledOnce()
  })

  it('takes a function that throws within the call', async () => {
    const bug = new TypeError('bug')
    const broken = () => {
      throw bug
    }
    expect(await run(hedge().execute(broken))).toBe(bug)
  })
})
