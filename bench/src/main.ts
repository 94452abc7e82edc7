/** `pnpm bench [suite...]`: every figure of the design, ours against the peers, in one run. */
import { fetching } from './fetching.ts'
import { mutex } from './mutex.ts'
import { overload } from './overload.ts'
import { retry } from './retry.ts'
import { session } from './session.ts'

const suites: Readonly<Record<string, () => Promise<void>>> = { mutex, retry, overload, fetch: fetching, session }

const asked = process.argv.slice(2)
for (const name of asked.length > 0 ? asked : Object.keys(suites)) {
  const suite = suites[name]
  if (!suite) throw new Error(`no suite named ${name}: expected one of ${Object.keys(suites).join(', ')}`)
  process.stdout.write(`\nNode ${process.version}, ${process.platform} ${process.arch}\n`)
  await suite()
}
