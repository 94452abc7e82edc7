import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type ErrorClass, retryBudget } from './index.ts'

const classes: ErrorClass[] = ['transient', 'timeout', 'rate_limit', 'server_error', 'circuit_open', 'unknown']
const step = fc.oneof(
  fc.record({ withdraw: fc.constantFrom(...classes) }),
  fc.record({ deposit: fc.option(fc.constantFrom(...classes), { nil: undefined }) }),
)

it('holds between nothing and its maximum, and never lets more retries through than its tokens pay for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 500 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(step, { maxLength: 300 }),
      (maxTokens, cost, steps) => {
        const budget = retryBudget({ maxTokens, cost })
        let retries = 0
        let brought = 0
        for (const action of steps) {
          if ('withdraw' in action) {
            if (budget.tryWithdraw(action.withdraw)) retries++
          } else {
            brought += action.deposit === undefined ? 1 : cost
            budget.deposit(action.deposit)
          }
          expect(budget.tokens).toBeGreaterThanOrEqual(0)
          expect(budget.tokens).toBeLessThanOrEqual(maxTokens)
          expect(retries * cost).toBeLessThanOrEqual(maxTokens + brought)
        }
      },
    ),
    { numRuns: process.env.SEARCH ? 20_000 : 300 },
  )
})
