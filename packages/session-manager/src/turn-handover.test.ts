import { describe, expect, it } from 'vitest'
import { deferred } from '../test/deferred.ts'
import { faultyStore, sleep, texts, user } from '../test/faulty-store.ts'
import { begun, twoTabs } from '../test/two-tabs.ts'
import { memoryStore } from './index.ts'

const INTERRUPT = { onBusy: 'interrupt' } as const

describe('a turn that begins', () => {
  it('begins on what another tab has stored, also when the news of it is late', async () => {
    const inner = memoryStore()
    const deaf = faultyStore(inner)
    deaf.watch = () => () => {}
    const { a, b } = await twoTabs(inner, deaf)
    await a.append(user('last words'))

    const seen = await b.turn(({ session }) => texts(session))

    expect(seen).toEqual(['last words'])
  })

  it('does not wait for a store that cannot load', async () => {
    const store = faultyStore()
    const { a } = await twoTabs(store)
    store.load = async () => {
      throw new Error('down')
    }
    expect(await a.turn(() => 'ran')).toBe('ran')
  })

  it('gives the turn back when it is aborted while it still loads', async () => {
    const store = faultyStore()
    const { a, b } = await twoTabs(store)
    const { load } = store
    const loading = deferred()
    store.load = () => {
      loading.resolve()
      return new Promise(() => {})
    }
    const controller = new AbortController()
    const turn = a.turn(() => {}, { signal: controller.signal })
    await loading.promise
    controller.abort(new Error('enough'))
    await expect(turn).rejects.toThrow('enough')

    store.load = load
    expect(await b.turn(() => 'ran')).toBe('ran')
  })
})

describe('an interrupted turn', () => {
  it('writes nothing after it has settled, neither by a call nor by a writer left open', async () => {
    const { a } = await twoTabs()
    const old = await begun(a)
    const writer = await old.session.stream({ role: 'assistant' })
    writer.write('in time')
    old.signal.addEventListener('abort', () => old.end())

    await a.turn(async ({ session }) => {
      await session.append(user('new'))
      expect(() => writer.write('late')).toThrow('is over')
      await expect(old.session.append(user('late'))).rejects.toMatchObject({ code: 'SESSION_BUSY' })
    }, INTERRUPT)

    expect(texts(a)).toEqual(['in time', 'new'])
    expect(a.messages[0]?.status).toBe('interrupted')
  })

  it('keeps what it wrote while the store was down', async () => {
    const store = faultyStore()
    const { a, ours } = await twoTabs(store)
    const old = await begun(a)
    store.failure = 'failed'
    void old.session.append(user('old')).catch(() => {})
    old.signal.addEventListener('abort', () => old.end())
    const next = a.turn(({ session }) => void session.append(user('new')), INTERRUPT)
    await old.ended
    store.failure = undefined
    await next
    await ours.flush()
    expect((await store.load(a.id))?.messages).toMatchObject([{ content: 'old' }, { content: 'new' }])
  })

  it('is fenced also when the store cannot record turns', async () => {
    const store = faultyStore()
    store.claimTurn = async () => {
      throw new Error('down')
    }
    const { a } = await twoTabs(store)
    const old = await begun(a)
    await a.turn(({ session }) => session.append(user('new')), INTERRUPT)
    await expect(old.session.append(user('late'))).rejects.toMatchObject({ code: 'SESSION_BUSY' })
    expect(texts(a)).toEqual(['new'])
    old.end()
  })

  it('is fenced also when the answer to its claim was lost', async () => {
    const store = faultyStore()
    const { a } = await twoTabs(store)
    store.lostClaims = 1
    expect(await a.turn(({ fencingToken }) => fencingToken)).toBe(1n)
  })

  it('is aborted in the other tab although that one has just renewed', async () => {
    const { a, b } = await twoTabs()
    const old = await begun(a)
    // News of the session make it renew; the news of the takeover come right after.
    await b.append(user('news'))
    const aborted = new Promise(resolve => old.signal.addEventListener('abort', resolve))
    const next = b.turn(() => 'ran', INTERRUPT)
    await aborted
    old.end()
    await old.ended
    expect(await next).toBe('ran')
  })

  it('is aborted by the refusal of its commit when it has not heard of its loss', async () => {
    const inner = memoryStore()
    const deaf = faultyStore(inner)
    deaf.watch = () => () => {}
    const { a } = await twoTabs(deaf, inner)
    const old = await begun(a)
    await inner.claimTurn(a.id, { owner: 'another', ttlMs: 1, force: true })

    await expect(old.session.append(user('late'))).rejects.toMatchObject({ code: 'SESSION_BUSY' })

    expect(old.signal.reason).toMatchObject({ code: 'SESSION_BUSY', message: 'the turn was taken over' })
    old.end()
  })

  it('says that it is over, not that its message was removed, when a stream begins as it is lost', async () => {
    const inner = memoryStore()
    const slow = faultyStore(inner)
    const { a } = await twoTabs(slow, inner)
    const old = await begun(a)
    const committing = deferred()
    slow.beforeCommit = () => committing.promise
    const writer = await old.session.stream({ role: 'assistant' })
    await Promise.resolve() // Its beginning is on its way.
    writer.write('a reply')
    const whole = writer.complete()
    whole.catch(() => {})
    await inner.claimTurn(a.id, { owner: 'another', ttlMs: 1, force: true })
    committing.resolve()

    await expect(whole).rejects.toMatchObject({ code: 'SESSION_BUSY' })
    old.end()
  })

  it('is interrupted past those who wait in this tab while it runs in the other', async () => {
    const { a, b } = await twoTabs()
    const old = await begun(a)
    old.signal.addEventListener('abort', () => old.end())
    const log: string[] = []
    const wait = (name: string) => b.turn(() => void log.push(name))
    const waiting = [wait('first'), wait('second')]
    await sleep(10)

    await b.turn(() => void log.push('interrupts'), INTERRUPT)
    await Promise.all(waiting)

    expect(log).toEqual(['interrupts', 'first', 'second'])
  })
})
