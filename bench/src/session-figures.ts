/** Runs in Node and in a page alike. */
import { createSessionManager, type Session, type SessionManager, type SessionStore } from '@x/session-manager'

interface Message {
  readonly role: string
  readonly content: string
}
type Chat = Session<Message>

/** Milliseconds of one stored append to a session of so many messages, and its ratio to that of the shortest one. */
interface AppendFigure {
  readonly messages: number
  readonly ms: number
  readonly ratio: number
}

export interface SessionFigures {
  readonly appends: readonly AppendFigure[]
  /** Until the messages of a session of 10,000 are there to be shown, once it is loaded. */
  readonly switchMs: number
  /** For the first page of a list of 10,000 sessions. */
  readonly listMs: number
}

const LENGTHS = [10, 1000, 10_000]
const ROUNDS = 15
const APPENDS = 20
const SESSIONS = 10_000

export async function sessionFigures(store: SessionStore): Promise<SessionFigures> {
  await using manager = createSessionManager<Message>({ store })
  const appends = await measureAppends(manager)
  const switchMs = await measureSwitch(manager)
  for (let n = 0; n < SESSIONS; n += 500) {
    const batch = Array.from({ length: 500 }, (_, i) => manager.create({ title: `Session ${n + i}` }))
    for (const session of await Promise.all(batch)) await session[Symbol.asyncDispose]()
  }
  const listMs = await middle(ROUNDS, () => manager.list())
  return { appends, switchMs, listMs }
}

/** Sessions take turns, a fresh one in each round: a machine that slows down slows all of them. */
async function measureAppends(manager: SessionManager<Message>): Promise<AppendFigure[]> {
  const samples = LENGTHS.map(() => [] as number[])
  for (let round = -2; round < ROUNDS; round++) {
    const sessions: Chat[] = []
    for (const length of LENGTHS) sessions.push(await manager.create({ title: 'Chat', messages: messages(length) }))
    for (let i = 0; i < sessions.length; i++) {
      const at = (i + round + 2) % sessions.length
      const ms = (await time(() => appendAll(sessions[at] as Chat))) / APPENDS
      if (round >= 0) samples[at]?.push(ms)
    }
    for (const session of sessions) await session[Symbol.asyncDispose]()
  }
  const ratio = (at: number): number => median(samples[at]?.map((ms, round) => ms / (samples[0]?.[round] ?? ms)) ?? [])
  return LENGTHS.map((length, at) => ({ messages: length, ms: median(samples[at] ?? []), ratio: ratio(at) }))
}

async function appendAll(session: Chat): Promise<void> {
  for (let n = 0; n < APPENDS; n++) await session.append({ role: 'user', content: `message ${n} of some length` })
}

async function measureSwitch(manager: SessionManager<Message>): Promise<number> {
  const long = await manager.create({ title: 'Long', messages: messages(10_000) })
  const short = await manager.create({ title: 'Short' })
  await manager.open(long.id)
  return middle(ROUNDS, async () => {
    const { messages } = (await manager.switchTo(long.id)).getSnapshot()
    if (messages.length !== 10_000) throw new Error(`switched to ${messages.length} messages`)
    await manager.switchTo(short.id)
  })
}

function messages(length: number): Message[] {
  return Array.from({ length }, (_, n) => ({
    role: n % 2 ? 'assistant' : 'user',
    content: `message ${n} of some length`,
  }))
}

async function middle(rounds: number, run: () => Promise<unknown>): Promise<number> {
  const samples: number[] = []
  for (let round = 0; round < rounds; round++) samples.push(await time(run))
  return median(samples)
}

async function time(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
