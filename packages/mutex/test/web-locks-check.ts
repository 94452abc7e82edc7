import type { LockManagerLike, LockMode } from '../src/index.ts'

/** The same for one process, many tabs and their workers: read, wait, write, each time under the lock. */
export async function increment(
  locks: LockManagerLike,
  counter: { read(): Promise<number>; write(value: number): Promise<unknown> },
  times: number,
): Promise<void> {
  for (let i = 0; i < times; i++)
    await locks.request('counter', async () => {
      await counter.write((await counter.read()) + 1)
    })
}

/** A lock that is held, and the promise of its request. */
export interface Holding {
  release(): void
  readonly done: Promise<void>
}

/** Holds a lock until `release` is called. */
export async function hold(
  locks: LockManagerLike,
  name: string,
  mode: LockMode = 'exclusive',
  more: object = {},
): Promise<Holding> {
  let release = () => {}
  let done: Promise<void> = Promise.resolve()
  await new Promise<void>(inside => {
    done = locks.request(name, { mode, ...more }, () => {
      inside()
      return new Promise<void>(resolve => {
        release = resolve
      })
    })
    done.catch(() => {})
  })
  return { release: () => release(), done }
}

interface Named {
  readonly modes: { held: unknown[]; pending: unknown[] }
  readonly clientIds: unknown[]
}

/** What a query tells of one name. */
export async function ofName(locks: LockManagerLike, name: string): Promise<Named> {
  const { held = [], pending = [] } = await locks.query()
  const own = (infos: typeof held) => infos.filter(info => info.name === name)
  return {
    modes: { held: own(held).map(({ mode }) => mode), pending: own(pending).map(({ mode }) => mode) },
    clientIds: [...own(held), ...own(pending)].map(({ clientId }) => clientId),
  }
}

export function someTime(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 20))
}

export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    return error
  }
  throw new Error(`resolved with ${JSON.stringify(value)}`)
}

export function nameOf(error: unknown): unknown {
  return (error as Error).name
}

export function equal(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`expected ${b}, got ${a}`)
}
