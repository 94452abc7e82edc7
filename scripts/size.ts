/**
 * Bundles each public import of a package as an app would, and fails when the
 * minified and gzipped result is over the budget in the package's `size.json`.
 * Run in the package's folder, after its build.
 *
 * `{ "{ Mutex }": 1200, "*": 5000 }` are bytes of the main entry; a key may
 * name another entry (`"./indexeddb *"`) and siblings are left out, since they
 * have budgets of their own.
 */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const budgets: Record<string, number> = JSON.parse(readFileSync('size.json', 'utf8'))
const siblings = Object.keys(manifest.dependencies ?? {})
let over = 0

for (const [key, budget] of Object.entries(budgets)) {
  const [, entry = '.', names = '*'] = /^(\.\/\S+)?\s*(\*|\{.*\})$/.exec(key) ?? []
  const from = JSON.stringify(`./${manifest.publishConfig.exports[entry].default.slice(2)}`)
  const contents = names === '*' ? `export * from ${from}` : `export ${names} from ${from}`
  const result = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    external: [...siblings, 'node:*'],
  })
  const bytes = gzipSync(result.outputFiles[0]?.contents ?? '', { level: 9 }).length
  const verdict = bytes > budget ? 'OVER' : 'ok'
  if (bytes > budget) over++
  process.stdout.write(
    `${verdict.padEnd(5)}${String(bytes).padStart(6)} of ${String(budget).padStart(5)} bytes  ${manifest.name} ${key}\n`,
  )
}
if (over > 0) process.exit(1)
