import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ChatMessage, texts, user } from '../test/faulty-store.ts'
import { startWriter, type WriterProcess } from '../test/writer-process.ts'
import { createSessionManager } from './index.ts'
import { sqliteStore } from './sqlite.ts'

const APPENDS = 1000
let folder = ''
let path = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'session-manager-'))
  path = join(folder, 'shared.sqlite')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('two processes that append as fast as they can to a session of 10,000 messages', () => {
  it('both get on, and neither loads the session again and again', { timeout: 120_000 }, async () => {
    await using manager = createSessionManager<ChatMessage>({ store: sqliteStore({ path }) })
    const messages = Array.from({ length: 10_000 }, (_, n) => user(`${n}`))
    const { id } = await manager.create({ id: 'long', messages })
    await manager.current?.[Symbol.asyncDispose]()
    const writers = ['a', 'b'].map(name => startWriter('sqlite-fast-writer.ts', path, id, name, `${APPENDS}`))
    for (const { lines } of writers) await expect.poll(() => lines, { timeout: 60_000 }).toContain('ready')

    const ended = writers.map(({ child }) => new Promise(resolve => child.once('close', resolve)))
    for (const { child } of writers) child.stdin?.write('go\n')
    await Promise.all(ended)

    const [a, b] = writers.map(timesOf) as [number[], number[]]
    const firstEnd = Math.min(a.at(-1) ?? 0, b.at(-1) ?? 0)
    // When the faster one is done, the slower one has got a good many in between.
    for (const times of [a, b]) expect(times.filter(at => at <= firstEnd).length).toBeGreaterThan(APPENDS / 20)
    for (const { lines } of writers) expect(Number(lines.at(-1)?.split(' ')[1])).toBeLessThan(5)
    const stored = await sqliteStore({ path }).load(id)
    const contents = texts(stored as unknown as Parameters<typeof texts>[0])
    for (const name of ['a', 'b']) {
      const own = contents.filter(content => content.startsWith(name))
      expect(own).toEqual(Array.from({ length: APPENDS }, (_, n) => `${name}:${n}`))
    }
  })
})

describe('two stores on one file', () => {
  it('hear of what the other one commits, and of who wants the turn, without being asked', async () => {
    await using ours = createSessionManager<ChatMessage>({ store: sqliteStore({ path }) })
    await using theirs = createSessionManager<ChatMessage>({ store: sqliteStore({ path }) })
    const session = await ours.create()
    const other = await theirs.open(session.id)
    await session.append(user('a'))
    await expect.poll(() => texts(other)).toEqual(['a'])

    let isOver = false
    const turn = session.turn(async ({ signal }) => {
      await new Promise(resolve => signal.addEventListener('abort', resolve))
      isOver = true
    })
    await expect.poll(() => ours.getSnapshot().status).toBe('saved')
    await other.turn(({ session }) => session.append(user('b')), { onBusy: 'interrupt' })
    await turn
    expect(isOver).toBe(true)
    await expect.poll(() => texts(session)).toEqual(['a', 'b'])
  })
})

/** When each of its messages was stored. */
function timesOf({ lines }: WriterProcess): number[] {
  return lines.filter(line => line.startsWith('stored ')).map(line => Number(line.slice(7)))
}
