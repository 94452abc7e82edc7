/** A process that writes to a session until it is killed, and says what was acknowledged. */
import { createSessionManager } from '../src/index.ts'
import { sqliteStore } from '../src/sqlite.ts'

const [path = '', id = '', name = ''] = process.argv.slice(2)
const say = (line: string): boolean => process.stdout.write(`${line}\n`)
process.stdout.on('error', () => process.exit()) // Whoever listened is gone.
const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

const manager = createSessionManager<{ content: string }>({ store: sqliteStore({ path }) })
const session = await manager.open(id)

async function append(): Promise<void> {
  for (let n = 0; ; n++) {
    const content = `${name}:${n}`
    await session.append({ content })
    say(`stored ${content}`)
    await pause(Math.random() * 3)
  }
}

async function stream(): Promise<void> {
  for (;;) {
    const writer = await session.stream({ content: '' })
    for (let n = 0; n < 40; n++) {
      writer.write('0123456789')
      say(`wrote ${writer.messageId} ${writer.message.content.length} ${Date.now()}`)
      await pause(Math.random() * 30)
    }
    await writer.complete()
    say(`completed ${writer.messageId}`)
  }
}

async function takeTurns(): Promise<void> {
  for (;;) {
    await session.turn(async turn => {
      const content = `turn:${turn.fencingToken}:${name}`
      await turn.session.append({ content })
      say(`stored ${content}`)
    })
    await pause(Math.random() * 20)
  }
}

await Promise.all([append(), stream(), takeTurns()])
