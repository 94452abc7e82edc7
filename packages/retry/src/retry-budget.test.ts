import { fakeTimers } from 'test-fixtures/fake-timers'
import { describe, expect, it, vi } from 'vitest'
import { type ErrorClass, retry, retryBudget } from './index.ts'

fakeTimers()

const down = new Error('down')

async function run(call: Promise<unknown>): Promise<unknown> {
  const settled = call.catch(error => error)
  await vi.runAllTimersAsync()
  return settled
}

describe('retryBudget', () => {
  it('starts full, pays 10 a retry and never holds more than it may', () => {
    const budget = retryBudget()
    expect(budget.tokens).toBe(70)
    budget.deposit()
    expect(budget.tokens).toBe(70)
    for (let i = 0; i < 7; i++) expect(budget.tryWithdraw('transient')).toBe(true)

    expect(budget.tryWithdraw('transient')).toBe(false)
    expect(budget.tokens).toBe(0)
  })

  it.each([
    ['rate_limit', 5],
    ['circuit_open', 50],
    ['server_error', 10],
  ] satisfies [ErrorClass, number][])('charges by class: %s costs %d', (errorClass, cost) => {
    const budget = retryBudget()
    budget.tryWithdraw(errorClass)
    expect(budget.tokens).toBe(70 - cost)
  })

  it('does not pay a process whose breaker has opened after three failures for the wait', () => {
    const budget = retryBudget()
    for (let i = 0; i < 3; i++) budget.tryWithdraw('server_error')

    expect(budget.tryWithdraw('circuit_open')).toBe(false)
  })

  it('can have other prices', () => {
    const flat = retryBudget({ maxTokens: 10, cost: 3, refund: 0.5 })
    flat.tryWithdraw('rate_limit')
    flat.deposit()
    expect(flat.tokens).toBe(7.5)

    const some = retryBudget({ cost: { timeout: 20 } })
    some.tryWithdraw('timeout')
    some.tryWithdraw('rate_limit')
    expect(some.tokens).toBe(45)
  })

  it('an empty one ends a call with its own last error', async () => {
    const budget = retryBudget({ maxTokens: 14 })
    const fn = vi.fn(() => Promise.reject(down))

    expect(await run(retry(fn, { budget }))).toBe(down)
    expect(fn).toHaveBeenCalledTimes(2)
    expect(await run(retry(fn, { budget }))).toBe(down)
    expect(fn).toHaveBeenCalledTimes(3)
  })

  it('a success brings 1, a success on a retry what the retry cost', async () => {
    const budget = retryBudget()
    budget.tryWithdraw('unknown')
    await run(retry(() => 1, { budget }))
    expect(budget.tokens).toBe(61)
    await run(retry(({ attempt }) => (attempt === 1 ? Promise.reject({ status: 429 }) : 1), { budget }))

    expect(budget.tokens).toBe(61)
  })

  it('bounds retries that are nested and would multiply', async () => {
    const budget = retryBudget()
    const fn = vi.fn(() => Promise.reject(down))
    const nested = (depth: number): Promise<unknown> => retry(depth === 1 ? fn : () => nested(depth - 1), { budget })
    await run(nested(3))

    // 64 without a budget.
    expect(fn).toHaveBeenCalledTimes(8)
  })
})
