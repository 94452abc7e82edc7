import fc from 'fast-check'
import { expect, vi } from 'vitest'
import { type AcquireOptions, isLockError, type LockGuard } from '../src/index.ts'
import { LockModel, type ModelRequest, type Outcome } from './lock-model.ts'

/** Any lock, as a program drives it. */
export interface Driven {
  acquire(weight: number, options: AcquireOptions): Promise<LockGuard>
  run(weight: number, fn: () => void | Promise<void>, options: AcquireOptions): Promise<void>
  cancel(): number
  readonly pending: number
  isLocked(): boolean
}

/** A kind of lock under search. */
export interface Subject {
  readonly capacity: number
  readonly weights: readonly number[]
  create(maxPending: number): Driven
}

type Wait = { weight: number; priority: number; timeoutMs: number; controller: number }
type Step =
  | ({ type: 'acquire' } & Wait)
  | ({ type: 'run'; ends: 'later' | 'at once' | 'with a rejection' } & Wait)
  | { type: 'release'; nth: number; times: number }
  | { type: 'release again'; nth: number }
  | { type: 'abort'; controller: number }
  | { type: 'cancel' }
  | { type: 'advance'; ms: number }
  | { type: 'flush' }

export interface Program {
  readonly maxPending: number
  readonly steps: readonly Step[]
}

const CONTROLLERS = 3

export function programs(subject: Subject): fc.Arbitrary<Program> {
  const wait = {
    weight: fc.constantFrom(...subject.weights),
    priority: fc.constantFrom(0, 0, 0, 1, -1, 2),
    timeoutMs: fc.constantFrom(Infinity, Infinity, 0, 20, 500, 1000),
    // Beyond the last one: no signal.
    controller: fc.nat(2 * CONTROLLERS),
  }
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 5, arbitrary: fc.record({ type: fc.constant('acquire'), ...wait }) },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant('run'),
        ends: fc.constantFrom('later', 'at once', 'with a rejection'),
        ...wait,
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ type: fc.constant('release'), nth: fc.nat(5), times: fc.constantFrom(1, 1, 2) }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('release again'), nth: fc.nat(5) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('abort'), controller: fc.nat(CONTROLLERS - 1) }) },
    { weight: 1, arbitrary: fc.constant<Step>({ type: 'cancel' }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('advance'), ms: fc.constantFrom(20, 500, 1000) }) },
    { weight: 4, arbitrary: fc.constant<Step>({ type: 'flush' }) },
  ) as fc.Arbitrary<Step>
  return fc.record({
    maxPending: fc.constantFrom(Infinity, Infinity, 2),
    steps: fc.array(step, { minLength: 1, maxLength: 30, size: 'max' }),
  })
}

/** A request of the lock under test, beside the one of the model. */
interface Pair {
  readonly model: ModelRequest
  readonly section: boolean
  outcome: Outcome
  leave: () => void
}

/**
 * Runs a program on a lock and on the model, and compares them: the count of who waits and whether it is locked
 * after each step, what became of each request and who came in whenever the microtasks have run.
 * Needs fake timers.
 */
export async function runProgram(subject: Subject, { maxPending, steps }: Program): Promise<void> {
  const lock = subject.create(maxPending)
  const model = new LockModel(subject.capacity, maxPending)
  const controllers = Array.from({ length: CONTROLLERS }, () => new AbortController())
  const pairs: Pair[] = []
  const entered: number[] = []

  for (const step of steps) {
    // Only steps that let microtasks run are awaited: the others happen in one tick.
    const running = perform(step)
    if (running !== undefined) await running
    expect(lock.pending).toBe(model.waiting.length)
    expect(lock.isLocked()).toBe(model.free < subject.capacity || model.waiting.length > 0)
    checkCapacity()
  }
  await flush()
  while (pairs.some(pair => pair.model.outcome === 'inside')) {
    await release(0, 1)
    await flush()
  }
  expect(lock.isLocked()).toBe(false)
  expect(vi.getTimerCount()).toBe(0)

  function perform(step: Step): Promise<void> | undefined {
    if (step.type === 'flush') return flush()
    if (step.type === 'advance') return advance(step.ms)
    if (step.type === 'release') return release(step.nth, step.times)
    if (step.type === 'acquire' || step.type === 'run') ask(step)
    else if (step.type === 'release again')
      pairs
        .filter(pair => pair.outcome === 'left')
        .at(-1 - step.nth)
        ?.leave()
    else if (step.type === 'cancel') expect(lock.cancel()).toBe(model.cancel())
    else abort(step.controller)
    return undefined
  }

  function ask(step: Extract<Step, Wait>): void {
    const { weight, priority, timeoutMs } = step
    const controller = controllers[step.controller]
    const options: AcquireOptions = { priority, timeoutMs, signal: controller?.signal }
    const brief = step.type === 'run' && step.ends !== 'later'
    const request = model.request(pairs.length, weight, brief, options)
    const pair: Pair = { model: request, section: step.type === 'run', outcome: 'waiting', leave: () => {} }
    pairs.push(pair)
    const enter = () => {
      pair.outcome = 'inside'
      entered.push(pair.model.id)
    }
    const refuse = (error: unknown) => {
      if (error !== pair) pair.outcome = outcomeOf(error)
    }
    if (step.type === 'acquire') {
      const onGuard = (guard: LockGuard) => {
        enter()
        pair.leave = () => guard.release()
      }
      lock.acquire(weight, options).then(onGuard, refuse)
      return
    }
    const section = () => {
      enter()
      if (step.ends !== 'later') pair.outcome = 'left'
      if (step.ends === 'at once') return undefined
      if (step.ends === 'with a rejection') return Promise.reject(pair)
      return new Promise<void>(resolve => {
        pair.leave = resolve
      })
    }
    lock.run(weight, section, options).catch(refuse)
  }

  function release(nth: number, times: number): Promise<void> | undefined {
    const inside = pairs.filter(pair => pair.outcome === 'inside' && pair.model.outcome === 'inside')
    const pair = inside[nth % inside.length]
    if (pair === undefined) return undefined
    const leave = () => {
      for (let i = 0; i < times; i++) pair.leave()
      pair.outcome = 'left'
      model.release(pair.model)
    }
    // The release of a guard is done when it returns; the end of a section takes a moment.
    if (pair.section) return flush().then(leave).then(flush)
    leave()
    return undefined
  }

  async function advance(ms: number): Promise<void> {
    await flush()
    vi.advanceTimersByTime(ms)
    model.advance(ms)
    await flush()
  }

  function abort(nth: number): void {
    const controller = controllers[nth] as AbortController
    if (controller.signal.aborted) return
    controller.abort('aborted')
    model.abort(controller.signal)
  }

  async function flush(): Promise<void> {
    for (let i = 0; i < 12 * (pairs.length + 1); i++) await undefined
    model.flush()
    expect(pairs.map(pair => pair.outcome)).toEqual(pairs.map(pair => pair.model.outcome))
    // With several permits, two who are let in together may be seen in either order.
    if (subject.capacity === 1) expect(entered).toEqual(model.entered)
  }

  function checkCapacity(): void {
    const inside = pairs.filter(pair => pair.outcome === 'inside')
    expect(inside.reduce((sum, pair) => sum + pair.model.weight, 0)).toBeLessThanOrEqual(subject.capacity)
  }
}

function outcomeOf(error: unknown): Outcome {
  const outcomes: Record<string, Outcome> = { LOCK_TIMEOUT: 'timeout', LOCK_CANCELED: 'canceled', QUEUE_FULL: 'full' }
  const outcome = isLockError(error) ? outcomes[error.code] : undefined
  if (outcome === undefined && error !== 'aborted') throw error
  return outcome ?? 'aborted'
}
