import { LockManager } from '@x/mutex'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { patientClock } from '../test/hurried-manager.ts'
import { begun } from '../test/two-tabs.ts'
import { createSessionManager, memoryStore, type Session, type SessionStore } from './index.ts'

const RUNS = process.env.SEARCH ? 1000 : 40
const TABS = 3

interface Message {
  readonly role: string
  readonly content: string
}

/** A turn that begins while the one before still runs, and what it writes; meanwhile somebody may write outside of it. */
const turns = fc.array(
  fc.record({
    tab: fc.nat(TABS - 1),
    onBusy: fc.constantFrom('enqueue' as const, 'interrupt' as const, 'rollback' as const, 'rollback' as const),
    writes: fc.array(fc.constantFrom('append' as const, 'edit' as const, 'remove' as const), { maxLength: 4 }),
    byOthers: fc.boolean(),
  }),
  { minLength: 2, maxLength: 7 },
)
type Program = typeof turns extends fc.Arbitrary<infer T> ? T : never

/** Tabs that take the same locks, or processes that take others. */
type Locks = 'same' | 'own'

async function run(
  program: Program,
  locks: Locks,
  store: SessionStore,
): Promise<{ shown: unknown; expected: unknown }> {
  const shared = new LockManager()
  const managers = Array.from({ length: TABS }, () =>
    createSessionManager<Message>({
      store: locks === 'same' ? store : { ...only(store), local: false },
      ...(locks === 'same' && { locks: shared }),
      clock: patientClock,
    }),
  )
  const id = 'session'
  await managers[0]?.create({ id })
  const handles = await Promise.all(managers.map(manager => manager.open(id)))
  // What is expected: the messages in order, and what the turn that runs found.
  let messages: Message[] = []
  let found: Message[] = []
  let others: Message[] = []
  let older: Awaited<ReturnType<typeof begun>> | undefined
  let count = 0

  for (const { tab, onBusy, writes, byOthers } of program) {
    const handle = handles[tab] as Session<Message>
    if (onBusy === 'enqueue') {
      older?.end()
      await older?.ended
    }
    if (onBusy === 'rollback' && older) messages = [...found, ...others]
    const turn = await begun(handle, { onBusy })
    await older?.ended
    turn.signal.addEventListener('abort', turn.end)
    expect(turn.session.messages.map(message => message.content)).toEqual(messages.map(message => message.content))
    found = [...messages]
    others = []
    for (const write of writes) {
      const target = found[count % (found.length || 1)]
      const at = target ? messages.indexOf(target) : -1
      const index = turn.session.messages[at]?.id ?? ''
      const message = { role: 'user', content: `${count++}` }
      if (write === 'append') {
        await turn.session.append(message)
        messages.push(message)
      } else if (at >= 0) {
        await (write === 'edit' ? turn.session.edit(index, message) : turn.session.remove(index))
        messages.splice(at, 1, ...(write === 'edit' ? [message] : []))
      }
    }
    if (byOthers) {
      const message = { role: 'user', content: `by others ${count++}` }
      const [other] = handles.filter(each => each !== handle)
      await other?.append(message)
      messages.push(message)
      others.push(message)
    }
    older = turn
  }
  older?.end()
  await older?.ended
  await Promise.all(managers.map(manager => manager[Symbol.asyncDispose]()))
  const stored = (await store.load(id))?.messages as readonly Message[] | undefined
  return { shown: stored?.map(each => each.content), expected: messages.map(each => each.content) }
}

describe.each<Locks>(['same', 'own'])('random turns of several managers with the %s locks', locks => {
  it('keep what was interrupted, and take back what was rolled back and nothing else', {
    timeout: 600_000,
  }, async () => {
    const property = fc.asyncProperty(turns, async program => {
      const { shown, expected } = await run(program, locks, memoryStore())
      expect(shown).toEqual(expected)
    })
    await fc.assert(property, { numRuns: RUNS })
  })

  it.each([
    [' rollback ', 'a store that forgets what was asked of the older turn'],
    [' interrupt ', 'one that makes a rollback of each interrupt'],
  ])('would show%sforgotten: %s', async word => {
    const other = word === ' rollback ' ? ' interrupt ' : ' rollback '
    const garbled = (): SessionStore => {
      const store = only(memoryStore())
      return {
        ...store,
        claimTurn: (id, claim) => store.claimTurn(id, { ...claim, owner: claim.owner.replace(word, other) }),
      }
    }
    const property = fc.asyncProperty(turns, async program => {
      const { shown, expected } = await run(program, locks, garbled())
      expect(shown).toEqual(expected)
    })
    expect((await fc.check(property, { numRuns: 100, endOnFailure: true })).failed).toBe(true)
  })
})

/** The same store with other methods of it. */
function only(store: SessionStore): SessionStore {
  return {
    local: true,
    load: (...args) => store.load(...args),
    commit: (...args) => store.commit(...args),
    list: (...args) => store.list(...args),
    claimTurn: (...args) => store.claimTurn(...args),
    renewTurn: (...args) => store.renewTurn(...args),
    releaseTurn: (...args) => store.releaseTurn(...args),
    watch: listener => store.watch?.(listener) ?? (() => {}),
  }
}
