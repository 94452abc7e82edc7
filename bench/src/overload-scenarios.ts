import { ClientTimeout, type OverloadPolicy, type World } from './overload-policy.ts'
import { type Call, OverloadedServer, type ServerOptions } from './overloaded-server.ts'
import { seededRandom } from './seeded-random.ts'
import { VirtualTime } from './virtual-time.ts'

/** Calls that the server can do in a second. */
export const CAPACITY = 200
/** How long a client waits for the answer to one call. */
export const ATTEMPT_MS = 1000

interface Request {
  readonly startedAt: number
  /** When it was answered, or nothing when it was not. */
  servedAt?: number
}

/** What happened: every request of a user, and when calls reached the server. */
export interface Run {
  readonly requests: readonly Request[]
  readonly callsAt: readonly number[]
}

/** 1,000 clients want something at once of a server that is down for another five seconds. */
export const HERD = { clients: 1000, downMs: 5000, maxQueue: 100 } as const

export function herd(policy: OverloadPolicy, seed: number): Promise<Run> {
  return simulate(seed, { maxQueue: HERD.maxQueue }, ({ world, server, request }) => {
    server.capacity = 0
    world.time.at(HERD.downMs, () => {
      server.capacity = CAPACITY
    })
    return Promise.all(Array.from({ length: HERD.clients }, () => request(policy.process(world))))
  })
}

/**
 * 160 requests a second at a server that can do 200, and for ten seconds only 40. What the clients do decides
 * whether it comes back.
 */
export const OVERLOAD = { perSecond: 160, capacity: 40, fromMs: 20_000, toMs: 30_000, endMs: 100_000 } as const

/** How long a user waits. A later answer is none. */
export const PATIENCE_MS = 30_000

export function overload(policy: OverloadPolicy, processes: number, seed: number): Promise<Run> {
  return simulate(seed, {}, scene => {
    const { time } = scene.world
    const { server } = scene
    time.at(OVERLOAD.fromMs, () => {
      server.capacity = OVERLOAD.capacity
    })
    time.at(OVERLOAD.toMs, () => {
      server.capacity = CAPACITY
    })
    return traffic(scene, policy, processes, seed, OVERLOAD.endMs)
  })
}

/** The same traffic at a server that is well, but answers so many calls with an error. */
export function randomErrors(policy: OverloadPolicy, processes: number, rate: number, seed: number): Promise<Run> {
  return simulate(seed, { errorRate: rate }, scene => traffic(scene, policy, processes, seed, 60_000))
}

/** Requests that come when they come, each to any of the processes. */
function traffic({ world, request }: Scene, policy: OverloadPolicy, processes: number, seed: number, endMs: number) {
  const random = seededRandom(seed * 4 + 3)
  const callers = Array.from({ length: processes }, () => policy.process(world))
  const arrive = (at: number): void => {
    if (at >= endMs) return
    world.time.at(at, () => {
      const caller = callers[Math.floor(random() * processes)]
      if (caller) void request(caller)
      arrive(at + (-Math.log(1 - random()) * 1000) / OVERLOAD.perSecond)
    })
  }
  arrive(0)
  return endMs + PATIENCE_MS
}

interface Scene {
  readonly world: World
  readonly server: OverloadedServer
  request(call: () => Promise<unknown>): Promise<void>
}

/** `play` sets the scene and says when it is over. */
async function simulate(
  seed: number,
  options: Omit<ServerOptions, 'random'>,
  play: (scene: Scene) => number | Promise<unknown>,
): Promise<Run> {
  const time = new VirtualTime()
  const random = seededRandom(seed * 4 + 1)
  const server = new OverloadedServer(time, CAPACITY, { ...options, random: seededRandom(seed * 4 + 2) })
  const requests: Request[] = []
  const callsAt: number[] = []
  const call = (answer: (error?: Error) => void): Call => {
    callsAt.push(time.now())
    return server.call(answer)
  }
  const world: World = {
    time,
    random,
    send: signal =>
      new Promise((resolve, reject) => {
        const sent = call(error => (error ? reject(error) : resolve()))
        signal?.addEventListener('abort', () => {
          sent.abandon()
          reject(signal.reason)
        })
      }),
    attempt: () =>
      new Promise((resolve, reject) => {
        const sent = call(error => {
          time.clearTimeout(timer)
          if (error) reject(error)
          else resolve()
        })
        const timer = time.setTimeout(() => {
          sent.abandon()
          reject(new ClientTimeout(`no answer in ${ATTEMPT_MS} ms`))
        }, ATTEMPT_MS)
      }),
  }
  const request = (call: () => Promise<unknown>): Promise<void> => {
    const request: Request = { startedAt: time.now() }
    requests.push(request)
    return call().then(
      () => {
        request.servedAt = time.now()
      },
      () => {},
    )
  }
  const uninstall = time.install(random)
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    await time.run(play({ world, server, request }))
  } finally {
    Error.stackTraceLimit = stackTraceLimit
    uninstall()
  }
  return { requests, callsAt }
}
