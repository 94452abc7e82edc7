import { LockManager } from '@x/mutex'
import fc from 'fast-check'
import { createSessionManager, type SessionStore, type StoredSession } from '../src/index.ts'
import { type Count, type Message, openTab, type Tab } from './crashable-tab.ts'
import { type FaultyStore, faultyStore } from './faulty-store.ts'

const WRITES = ['append', 'append', 'append', 'turn', 'stream', 'edit', 'remove', 'count', 'slowCount'] as const
const EVENTS = ['switch', 'delete', 'restore', 'crash', 'settle', 'settle', 'fail', 'heal', 'loseAnswer'] as const
const TABS = 3
const SESSIONS = 2

/** What happens in a tab, to a session. */
export interface Step {
  readonly what: (typeof WRITES)[number] | (typeof EVENTS)[number]
  readonly tab: number
  readonly session: number
}

export const programs: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    what: fc.constantFrom(...WRITES, ...WRITES, ...EVENTS),
    tab: fc.nat(TABS - 1),
    session: fc.nat(SESSIONS - 1),
  }),
  { minLength: 5, maxLength: 40 },
)

/** What was said of one session while a program ran. */
class Account {
  /** Contents whose sender was told that they are stored, and that nobody has touched since. */
  readonly stored: Set<string> = new Set()
  /** Contents whose sender was told that they never will be. */
  readonly refused: Set<string> = new Set()
  readonly touched: Set<string> = new Set()
  counted = 0
  /** Counts that are on their way, or whose tab has crashed. */
  uncertain = 0
  isDeleted = false
}

/** What a program has left. */
export interface Outcome {
  readonly accounts: readonly Account[]
  readonly sessions: readonly StoredSession<Message, Count>[]
  /** What the tabs that are left show of each session. */
  readonly shown: readonly (readonly (readonly Message[])[])[]
  /** The versions that each tab has told of, by session. */
  readonly versions: readonly number[][]
}

export async function runProgram(program: readonly Step[], inner: SessionStore): Promise<Outcome> {
  const run = new ProgramRun(inner)
  await run.begin()
  for (const step of program) await run.step(step)
  return run.end()
}

/** A tab and what was asked of it. */
interface OpenTab {
  readonly tab: Tab
  readonly pending: Promise<unknown>[]
}

class ProgramRun {
  readonly #inner: SessionStore
  readonly #store: FaultyStore
  readonly #locks = new LockManager()
  readonly #ids = Array.from({ length: SESSIONS }, (_, n) => `s${n}`)
  readonly #accounts = this.#ids.map(() => new Account())
  readonly #versions: number[][] = []
  readonly #tabs: OpenTab[] = []
  #sent = 0

  constructor(inner: SessionStore) {
    this.#inner = inner
    this.#store = faultyStore(inner)
    if (inner.changesSince) this.#store.changesSince = inner.changesSince.bind(inner)
    // News may leave out what was changed: then the store is asked for it.
    let notices = 0
    this.#store.watch = listener =>
      inner.watch?.(notice => {
        const { changes, ...hint } = notice
        listener(notices++ % 3 ? hint : notice)
      }) ?? (() => {})
    let commits = 0
    this.#store.beforeCommit = async () => {
      for (let n = (commits++ * 7) % 5; n > 0; n--) await null
    }
  }

  async begin(): Promise<void> {
    await using setup = createSessionManager<Message, Count>({ store: this.#inner })
    for (const id of this.#ids) await setup.create({ id, metadata: { count: 0 } })
    for (let n = 0; n < TABS; n++) this.#open(n)
  }

  async step({ what, tab: number, session }: Step): Promise<void> {
    const id = this.#ids[session] ?? ''
    const account = this.#accounts[session] as Account
    const { tab, pending } = this.#tabs[number] as OpenTab
    switch (what) {
      case 'fail':
        this.#store.failure = 'quota'
        return
      case 'heal':
        this.#store.failure = undefined
        return
      case 'loseAnswer':
        this.#store.lostAnswers++
        return
      case 'crash':
        tab.crash()
        return this.#open(number)
      case 'settle':
        return this.#settle()
      case 'switch':
        pending.push(tab.manager.switchTo(id).catch(() => {}))
        return
      case 'delete':
      case 'restore':
        this.#store.failure = undefined
        await tab.manager[what](id)
        account.isDeleted = what === 'delete'
        return
      default: {
        const handle = await tab.manager.open(id).catch(() => undefined)
        if (handle) pending.push(this.#write(handle, what, `${session}:${number}:${what}:${this.#sent++}`, account))
      }
    }
  }

  async end(): Promise<Outcome> {
    this.#store.lostAnswers = 0
    await this.#settle()
    const managers = this.#tabs.map(({ tab }) => tab.manager)
    const open = (id: string) => Promise.all(managers.map(manager => manager.open(id).catch(() => undefined)))
    const opened = await Promise.all(this.#ids.map(open))
    // Once for what opening has marked as interrupted, and once for those who only hear of it.
    await this.#settle()
    await this.#settle()
    const shown = opened.map(handles => handles.map(handle => handle?.messages ?? []))
    const sessions = await Promise.all(this.#ids.map(id => this.#inner.load(id)))
    await Promise.all(managers.map(manager => manager[Symbol.asyncDispose]()))
    return { accounts: this.#accounts, sessions: sessions as never, shown, versions: this.#versions }
  }

  #open(number: number): void {
    const tab = openTab(this.#store, this.#locks)
    this.#tabs[number] = { tab, pending: [] }
    const told = this.#ids.map(() => [] as number[])
    this.#versions.push(...told)
    tab.manager.on('session-changed', ({ id, version }) => told[this.#ids.indexOf(id)]?.push(version))
  }

  async #settle(): Promise<void> {
    this.#store.failure = undefined
    for (const { tab, pending } of this.#tabs) {
      await Promise.all(pending.splice(0))
      // A flush rejects while the store fails, as it does when an answer is lost.
      while (
        !(await tab.manager.flush().then(
          () => true,
          () => false,
        ))
      );
    }
  }

  async #write(
    session: Awaited<ReturnType<Tab['manager']['open']>>,
    what: string,
    content: string,
    account: Account,
  ): Promise<void> {
    const target = session.messages[this.#sent % (session.messages.length || 1)]
    try {
      switch (what) {
        case 'edit':
        case 'remove':
          if (!target) return
          account.touched.add(target.id)
          await (what === 'edit' ? session.edit(target.id, { content }) : session.remove(target.id))
          return
        case 'count':
        case 'slowCount':
          account.uncertain++
          await session.update(({ metadata }) => {
            const next = { metadata: { count: metadata.count + 1 } }
            return what === 'count' ? next : Promise.resolve().then(() => next)
          })
          account.uncertain--
          account.counted++
          return
        case 'turn':
          await session.turn(turn => turn.session.append({ id: content, content }), {
            onBusy: this.#sent % 2 ? 'interrupt' : 'enqueue',
          })
          break
        case 'stream': {
          const writer = await session.stream({ id: content, content: '' })
          for (const piece of content) {
            writer.write(piece)
            await null
          }
          await writer.complete()
          break
        }
        default:
          await session.append({ id: content, content })
      }
      account.stored.add(content)
    } catch (error) {
      if (what === 'append') account.refused.add(content)
      if ((error as { code?: string }).code === undefined) throw error
    }
  }
}
