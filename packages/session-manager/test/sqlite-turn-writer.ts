/** A process that writes in a turn, says so, and ends when its turn is to end, or when it is told to. */
import { createSessionManager } from '../src/index.ts'
import { sqliteStore } from '../src/sqlite.ts'

const [path = '', id = ''] = process.argv.slice(2)
const say = (line: string): boolean => process.stdout.write(`${line}\n`)

const manager = createSessionManager<{ id?: string; content: string }>({ store: sqliteStore({ path }) })
const session = await manager.open(id)
await session.append({ content: 'outside of the turn' })
await session
  .turn(async turn => {
    await turn.session.edit('question', { content: 'edited' })
    const reply = await turn.session.stream({ content: '' })
    reply.write('half a re')
    await manager.flush()
    say('wrote')
    await new Promise(resolve => {
      process.stdin.once('data', resolve)
      turn.signal.addEventListener('abort', resolve)
    })
    say(`aborted ${turn.signal.aborted}`)
    reply.write('ply')
    await reply.complete()
  })
  .catch(error => say(error.code))
process.stdin.once('data', () => process.exit())
