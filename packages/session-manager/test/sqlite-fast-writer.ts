/** A process that opens a session, and once it is told to appends to it as fast as it can. */
import { createSessionManager } from '../src/index.ts'
import { sqliteStore } from '../src/sqlite.ts'

const [path = '', id = '', name = '', times = ''] = process.argv.slice(2)
const say = (line: string): boolean => process.stdout.write(`${line}\n`)

const store = sqliteStore({ path })
const load = store.load.bind(store)
let loads = 0
store.load = (...args) => {
  loads++
  return load(...args)
}
const manager = createSessionManager<{ content: string }>({ store })
const session = await manager.open(id)
say('ready')
await new Promise(resolve => process.stdin.once('data', resolve))
for (let n = 0; n < Number(times); n++) {
  await session.append({ content: `${name}:${n}` })
  say(`stored ${Date.now()}`)
}
say(`loads ${loads}`)
process.exit()
