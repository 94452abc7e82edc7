import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ChatMessage, faultyStore, sleep, texts, user } from '../test/faulty-store.ts'
import { patientClock } from '../test/hurried-manager.ts'
import { begun, twoTabs } from '../test/two-tabs.ts'
import { kill, startWriter } from '../test/writer-process.ts'
import { type Clock, createSessionManager, memoryStore, type SessionStore } from './index.ts'
import { sqliteStore } from './sqlite.ts'

const rollback = { onBusy: 'rollback' } as const
let folder = ''
let files = 0
const newPath = (): string => join(folder, `${files++}.sqlite`)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'session-manager-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('rollback of a turn of the same manager', () => {
  it('leaves the name that the user has given meanwhile', async () => {
    const { ours, a } = await twoTabs()
    const old = await begun(a)
    await old.session.append(user('the first question'))
    await ours.rename(a.id, 'mine')
    old.signal.addEventListener('abort', () => old.end())
    await a.turn(() => {}, rollback)
    await ours.flush()
    expect([a.title, a.messages]).toEqual(['mine', []])
  })

  it('does not bring back by a second one what the first has taken back', async () => {
    const { a } = await twoTabs()
    for (const content of ['first', 'second', 'third']) {
      const turn = await begun(a, rollback)
      expect(texts(turn.session)).toEqual([])
      await turn.session.append(user(content))
      turn.signal.addEventListener('abort', () => turn.end())
    }
    await a.turn(({ session }) => expect(texts(session)).toEqual([]), rollback)
  })

  it('gives the session its title by the next first message again', async () => {
    const { ours, a } = await twoTabs()
    const old = await begun(a)
    await old.session.append(user('the first question'))
    expect(a.title).toBe('the first question')
    old.signal.addEventListener('abort', () => old.end())
    await a.turn(({ session }) => session.append(user('another question')), rollback)
    await ours.flush()
    expect(a.title).toBe('another question')
  })
})

describe.each<[string, () => [SessionStore, SessionStore]]>([
  [
    'of another tab, which takes the same locks',
    () => {
      const store = memoryStore()
      return [store, store]
    },
  ],
  [
    'of another process, which takes others',
    () => {
      const path = newPath()
      return [sqliteStore({ path }), sqliteStore({ path })]
    },
  ],
])('rollback of a turn %s', (_, stores) => {
  it('takes back what it wrote and nothing else, before the later turn begins', async () => {
    const { a, b } = await twoTabs(...stores(), { clock: patientClock })
    const [question] = await a.append([user('question'), user('kept')])
    const old = await begun(a)
    await old.session.append(user('reply'))
    await old.session.edit(question?.id ?? '', { content: 'edited' })
    const writer = await old.session.stream({ role: 'assistant' })
    writer.write('half a re')
    await b.append(user('by somebody else'))
    old.signal.addEventListener('abort', () => old.end())

    const seen = await b.turn(({ session }) => texts(session), rollback)

    expect(seen).toEqual(['question', 'kept', 'by somebody else'])
    await old.ended
    await expect.poll(() => texts(a)).toEqual(seen)
    expect(() => writer.write('late')).toThrow('is over')
  })

  it('waits for one that does not listen until a second is over, and has it taken back by then', async () => {
    const { a, b } = await twoTabs(...stores(), { clock: patientClock })
    const old = await begun(a)
    await old.session.append(user('old'))
    const startedAt = performance.now()

    const seen = await b.turn(({ session }) => texts(session), rollback)

    expect(performance.now() - startedAt).toBeGreaterThan(900)
    expect(seen).toEqual([])
    await expect(old.session.append(user('late'))).rejects.toMatchObject({ code: 'SESSION_BUSY' })
    old.end()
    await old.ended
    expect(texts(b)).toEqual([])
  })

  it('waits for the end of one that listens, as interrupt does, and no longer', async () => {
    const { a, b } = await twoTabs(...stores(), { clock: patientClock })
    for (const onBusy of ['rollback', 'interrupt'] as const) {
      const old = await begun(a)
      let isOver = false
      old.signal.addEventListener('abort', async () => {
        await sleep(100)
        isOver = true
        old.end()
      })
      expect(await b.turn(() => isOver, { onBusy })).toBe(true)
      await old.ended
    }
  })

  it('leaves what was written by one that was interrupted, and takes back only the one that it ends', async () => {
    const { a, b } = await twoTabs(...stores(), { clock: patientClock })
    const first = await begun(b)
    await first.session.append(user('first'))
    first.signal.addEventListener('abort', () => first.end())
    const second = await begun(a, { onBusy: 'interrupt' })
    await second.session.append(user('second'))
    second.signal.addEventListener('abort', () => second.end())

    const seen = await b.turn(({ session }) => texts(session), rollback)

    expect(seen).toEqual(['first'])
    await Promise.all([first.ended, second.ended])
  })
})

describe('rollback', () => {
  it('takes nothing back once the later turn has begun', async () => {
    const inner = memoryStore()
    const deaf = faultyStore(inner)
    deaf.watch = () => () => {} // As a frozen tab is.
    const { a, b } = await twoTabs(deaf, inner)
    const old = await begun(a)
    await old.session.append(user('old'))

    const seen = await b.turn(({ session }) => texts(session), rollback)
    expect(seen).toEqual(['old'])

    await expect(old.session.append(user('late'))).rejects.toMatchObject({ code: 'SESSION_BUSY' })
    old.end()
    await old.ended
    expect(texts(b)).toEqual(['old'])
  })
})

describe('rollback of a turn of another process', { timeout: 60_000 }, () => {
  async function begin(clock?: Clock) {
    const path = newPath()
    const manager = createSessionManager<ChatMessage>({ store: sqliteStore({ path }), ...(clock && { clock }) })
    const session = await manager.create({ messages: [{ id: 'question', ...user('question') } as ChatMessage] })
    const other = startWriter('sqlite-turn-writer.ts', path, session.id)
    await expect.poll(() => other.lines, { timeout: 20_000 }).toContain('wrote')
    await expect.poll(() => texts(session)).toEqual(['edited', 'outside of the turn', 'half a re'])
    return { manager, session, other }
  }

  it('is taken back by that process, told to end', async () => {
    const { manager, session, other } = await begin(patientClock)
    const seen = await session.turn(({ session }) => texts(session), rollback)
    expect(seen).toEqual(['question', 'outside of the turn'])
    await expect.poll(() => other.lines).toEqual(['wrote', 'aborted true', 'SESSION_BUSY'])
    await kill(other)
    await manager[Symbol.asyncDispose]()
  })

  it('is not when that process stands still: what it wrote stays, and it adds nothing later', async () => {
    const { manager, session, other } = await begin()
    other.child.kill('SIGSTOP')
    const startedAt = performance.now()
    const seen = await session.turn(({ session }) => texts(session), rollback)
    expect(performance.now() - startedAt).toBeGreaterThan(900)
    expect(seen).toEqual(['edited', 'outside of the turn', 'half a re'])

    other.child.kill('SIGCONT')
    other.child.stdin?.write('go on\n')
    await expect.poll(() => other.lines, { timeout: 20_000 }).toContain('SESSION_BUSY')
    await kill(other)
    expect(texts(session)).toEqual(seen)
    await manager[Symbol.asyncDispose]()
  })
})
