import fc from 'fast-check'

// Properties run a few hundred times in `test` and in full in `test:search`
// (SEARCH=1). A failure names its seed; SEED=<n> runs the same programs again.
const seed = Number(process.env.SEED ?? Date.now() % 0x7fffffff)
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed })
if (process.env.SEARCH) process.stdout.write(`fast-check seed ${seed}\n`)
