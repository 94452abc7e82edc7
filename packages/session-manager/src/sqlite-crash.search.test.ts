import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { sleep } from '../test/faulty-store.ts'
import { kill, startWriter } from '../test/writer-process.ts'
import { createSessionManager, type SessionStore, type StoredMessage } from './index.ts'
import { sqliteStore } from './sqlite.ts'

const SESSIONS = process.env.SEARCH ? 25 : 1
const KILLS_EACH = process.env.SEARCH ? 8 : 3
const folder = mkdtempSync(join(tmpdir(), 'session-manager-'))
const path = join(folder, 'crash.sqlite')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const title = `loses nothing acknowledged to ${SESSIONS * KILLS_EACH} kill -9 of processes that share a file`
it(title, { timeout: 1_200_000 }, async () => {
  const store = sqliteStore({ path })
  await using setup = createSessionManager<Message>({ store })
  for (let session = 0; session < SESSIONS; session++) {
    const { id } = await setup.create({ id: `s${session}` })
    const acknowledged = await killWriters(store, id)

    const contents = (await stored(store, id)).map(message => message.content)
    const counts = new Map<string, number>()
    for (const content of contents) counts.set(content, (counts.get(content) ?? 0) + 1)
    expect(acknowledged.length).toBeGreaterThan(KILLS_EACH)
    expect(acknowledged.filter(content => counts.get(content) !== 1)).toEqual([])
    for (const kind of [...Array(KILLS_EACH + 1).keys()].map(n => `w${n}:`).concat('turn:')) {
      const order = contents.filter(content => content.startsWith(kind)).map(content => Number(content.split(':')[1]))
      expect(order).toEqual([...order].sort((a, b) => a - b))
    }
    await using again = createSessionManager<Message>({ store: sqliteStore({ path }) })
    const { messages } = await again.open(id)
    expect(messages.filter(message => message.status === 'streaming')).toEqual([])
  }
})

interface Message {
  readonly content: string
}

async function stored(store: SessionStore, id: string): Promise<readonly StoredMessage<Message>[]> {
  const session = await store.load(id)
  return (session?.messages ?? []) as readonly StoredMessage<Message>[]
}

/** Two processes write, one is killed and another takes its place; returns what was acknowledged. */
async function killWriters(store: SessionStore, id: string): Promise<string[]> {
  const acknowledged: string[] = []
  const start = (name: string) => startWriter('sqlite-writer.ts', path, id, name)
  let survivor = start('w0')
  for (let kills = 1; kills <= KILLS_EACH; kills++) {
    const victim = survivor
    survivor = start(`w${kills}`)
    const { lines } = survivor
    await expect.poll(() => lines.length, { timeout: 30_000 }).toBeGreaterThan(5)
    await sleep(Math.random() * 400)
    const killedAt = await kill(victim)
    acknowledged.push(...victim.lines.filter(line => line.startsWith('stored ')).map(line => line.slice(7)))
    checkStreams(victim.lines, killedAt, await stored(store, id))
  }
  await kill(survivor)
  return acknowledged
}

/** A journal is due 250 ms after its first piece; the rest is what a busy machine takes to get there. */
function checkStreams(lines: readonly string[], killedAt: number, messages: readonly StoredMessage<Message>[]): void {
  const byId = new Map(messages.map(message => [message.id, message]))
  for (const line of lines) {
    const [what, id = '', length, at] = line.split(' ')
    const message = byId.get(id)
    if (what === 'wrote' && Number(at) < killedAt - 250 - 500) {
      expect(message?.content.length).toBeGreaterThanOrEqual(Number(length))
    }
    if (what === 'completed') expect(message).toMatchObject({ content: '0123456789'.repeat(40), status: 'complete' })
  }
}
