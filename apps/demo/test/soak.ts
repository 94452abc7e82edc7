/** `pnpm --filter demo soak [--minutes 30] [--seed 1]`: three tabs, random clicks and faults, and whether all was well. */
import { parseArgs } from 'node:util'
import { Demo } from './demo.ts'
import { Soak } from './soak-run.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, seed: { type: 'string', default: '1' } },
})
const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
if (!(minutes > 0)) throw new RangeError(`--minutes must be a number above 0, got ${values.minutes}`)
if (!Number.isInteger(seed)) throw new RangeError(`--seed must be a whole number, got ${values.seed}`)

const say = (line: string): void => void process.stdout.write(`${line}\n`)
await using demo = await Demo.start()
const { clicks, counts, heap, problems } = await Soak.run(demo, { minutes, seed, say })
for (const problem of problems) say(`WRONG: ${problem}`)
const sent = counts[0]?.sent
say(
  `${problems.length === 0 ? 'good' : 'bad'}: ${clicks} clicks in ${minutes} minutes, seed ${seed}, ${sent} pieces still there, ` +
    `heap ${heap.middle.toFixed(1)} MB in the middle, ${heap.end.toFixed(1)} MB in the end`,
)
process.exitCode = problems.length === 0 ? 0 : 1
