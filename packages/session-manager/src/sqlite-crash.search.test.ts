import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, it } from 'vitest'
import { sleep } from '../test/faulty-store.ts'
import { createSessionManager } from './index.ts'
import { sqliteStore } from './sqlite.ts'

const KILLS = process.env.SEARCH ? 200 : 3
const folder = mkdtempSync(join(tmpdir(), 'session-manager-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Writer {
  readonly child: ChildProcess
  readonly lines: string[]
}

function startWriter(path: string, name: string): Writer {
  const script = join(import.meta.dirname, '../test/sqlite-writer.ts')
  const child = spawn(process.execPath, ['--conditions=@x/source', '--no-warnings', script, path, 's', name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', line => lines.push(line))
  return { child, lines }
}

async function kill({ child }: Writer): Promise<number> {
  const closed = new Promise(resolve => child.once('close', resolve))
  const killedAt = Date.now()
  child.kill('SIGKILL')
  await closed
  return killedAt
}

it(`loses nothing acknowledged to ${KILLS} kill -9 of processes that share a file`, {
  timeout: 1_200_000,
}, async () => {
  const path = join(folder, 'crash.sqlite')
  const store = sqliteStore({ path })
  await using setup = createSessionManager<{ content: string }>({ store })
  await setup.create({ id: 's' })

  const acknowledged: string[] = []
  let survivor = startWriter(path, 'w0')
  for (let round = 1; round <= KILLS; round++) {
    const victim = survivor
    survivor = startWriter(path, `w${round}`)
    await expect.poll(() => survivor.lines.length, { timeout: 15_000 }).toBeGreaterThan(5)
    await sleep(Math.random() * 400)
    const killedAt = await kill(victim)

    const stored = (await store.load('s'))?.messages as unknown as { id: string; content: string; status?: string }[]
    const byId = new Map(stored.map(message => [message.id, message]))
    acknowledged.push(...victim.lines.filter(line => line.startsWith('stored ')).map(line => line.slice(7)))
    for (const line of victim.lines) {
      const [what, id = '', length, at] = line.split(' ')
      // A journal is due 250 ms after its first piece; the rest is what a busy machine takes to get there.
      if (what === 'wrote' && Number(at) < killedAt - 250 - 500) {
        expect(byId.get(id)?.content.length).toBeGreaterThanOrEqual(Number(length))
      }
      if (what === 'completed')
        expect(byId.get(id)).toMatchObject({ content: '0123456789'.repeat(40), status: 'complete' })
    }
  }
  await kill(survivor)

  const contents =
    (await store.load('s'))?.messages.map(message => (message as never as { content: string }).content) ?? []
  const counts = new Map<string, number>()
  for (const content of contents) counts.set(content, (counts.get(content) ?? 0) + 1)
  expect(acknowledged.length).toBeGreaterThan(KILLS)
  expect(acknowledged.filter(content => counts.get(content) !== 1)).toEqual([])
  for (const kind of [...Array(KILLS + 1).keys()].map(n => `w${n}:`).concat('turn:')) {
    const order = contents.filter(content => content.startsWith(kind)).map(content => Number(content.split(':')[1]))
    expect(order).toEqual([...order].sort((a, b) => a - b))
  }
  const again = createSessionManager<{ content: string }>({ store: sqliteStore({ path }) })
  const session = await again.open('s')
  expect(session.messages.filter(message => message.status === 'streaming')).toEqual([])
  await again[Symbol.asyncDispose]()
})
