import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { DeadlineError, type RetryOptions, retry, TimeoutError } from './index.ts'

/** What a call does: it ends after a time, well, badly, or badly with a wish for a pause. */
type Step = { readonly ms: number; readonly end: 'ok' | 'error' | 'bug'; readonly retryAfterMs?: number }

interface Program {
  readonly steps: readonly Step[]
  readonly options: RetryOptions
  readonly abortAt: number | undefined
}

const ms = fc.integer({ min: 0, max: 400 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ ms, end: fc.constantFrom('ok', 'error', 'error', 'error', 'bug') }),
  fc.record({ ms, end: fc.constant('error'), retryAfterMs: ms }),
)
const program: fc.Arbitrary<Program> = fc.record({
  steps: fc.array(step, { minLength: 8, maxLength: 8 }),
  options: fc.record(
    {
      maxRetries: fc.integer({ min: 0, max: 5 }),
      baseDelayMs: ms,
      maxDelayMs: ms,
      backoff: fc.constantFrom('exponential', 'linear', 'constant'),
      jitter: fc.constantFrom('full', 'equal', 'decorrelated', 'none'),
      timeoutMs: ms,
      deadlineMs: fc.integer({ min: 1, max: 1500 }),
      maxRetryAfterMs: ms,
      shouldRetry: fc.constantFrom(
        () => true,
        async () => true,
      ),
    },
    { requiredKeys: [] },
  ),
  abortAt: fc.option(fc.integer({ min: 0, max: 1500 }), { nil: undefined }),
})

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('any call ends as it should, in time, and leaves nothing', async () => {
  await fc.assert(fc.asyncProperty(program, check), { numRuns: process.env.SEARCH ? 20_000 : 400 })
})

async function check({ steps, options, abortAt }: Program): Promise<void> {
  const controller = new AbortController()
  const reason = {}
  const startedAt = performance.now()
  const now = () => performance.now() - startedAt
  const calls: { readonly at: number; readonly step: Step; error?: unknown; endedAt?: number }[] = []
  let stepTimers = 0
  const fn = ({ attempt }: { attempt: number }) =>
    new Promise((resolve, reject) => {
      const step = steps[attempt - 1] as Step
      const call: (typeof calls)[number] = { at: now(), step }
      calls.push(call)
      stepTimers++
      setTimeout(() => {
        stepTimers--
        call.endedAt = now()
        if (step.end === 'ok') return resolve(attempt)
        call.error = step.end === 'bug' ? new TypeError('bug') : Object.assign(new Error('down'), step)
        reject(call.error)
      }, step.ms)
    })

  let abortTimer = 0
  if (abortAt !== undefined) {
    abortTimer = 1
    setTimeout(() => {
      abortTimer = 0
      controller.abort(reason)
    }, abortAt)
  }
  const outcome = retry(fn, { ...options, signal: controller.signal })
    .then(
      value => ({ value, error: undefined, isError: false }),
      error => ({ value: undefined, error, isError: true }),
    )
    .then(ended => ({
      ...ended,
      at: now(),
      timers: vi.getTimerCount() - stepTimers - abortTimer,
      listeners: getEventListeners(controller.signal, 'abort').length,
      wasAborted: controller.signal.aborted,
    }))
  await vi.runAllTimersAsync()
  const { value, error, isError, at, timers, listeners, wasAborted } = await outcome

  expect(timers).toBe(0)
  expect(listeners).toBe(0)
  const { maxRetries = 3, deadlineMs = Infinity, timeoutMs = Infinity, shouldRetry } = options
  expect(calls.length).toBeLessThanOrEqual(maxRetries + 1)
  expect(at).toBeLessThanOrEqual(deadlineMs)
  const last = calls.at(-1)
  if (!isError) expect(last?.step).toMatchObject({ end: 'ok' })
  else if (wasAborted && error === reason) expect(at).toBe(abortAt)
  else if (error instanceof DeadlineError) expect(at).toBe(deadlineMs)
  else if (error instanceof TimeoutError) expect(last?.step.ms).toBeGreaterThanOrEqual(timeoutMs)
  else expect(error).toBe(last?.error)
  if (value !== undefined) expect(value).toBe(calls.length)
  for (const [index, { at: calledAt }] of calls.slice(1).entries()) {
    const before = calls[index] as (typeof calls)[number]
    const wasCut = before.step.ms >= timeoutMs
    if (!wasCut) expect(calledAt).toBeGreaterThanOrEqual((before.endedAt ?? 0) + (before.step.retryAfterMs ?? 0))
    if (!wasCut && !shouldRetry) expect(before.step.end).toBe('error')
  }
  expect(calls.every(call => call.at <= at)).toBe(true)
}
