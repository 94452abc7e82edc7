/**
 * The rules of the house that no other tool knows: each published entry has a
 * source and is built, the two lists of entries agree, every export is documented,
 * `index.ts` holds no code, and neither a file nor a README outgrows its bound.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const MAX_FILE_LINES = 280
const MAX_README_LINES = 200
const SOURCE = '@x/source'

type Entry = string | Readonly<Record<string, string>>

const problems = [...readdirSync(join(ROOT, 'packages')).flatMap(checkPackage), ...checkLengths()]
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exit(problems.length > 0 ? 1 : 0)

function checkPackage(name: string): string[] {
  const folder = join(ROOT, 'packages', name)
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
  const manifest = JSON.parse(read('package.json'))
  const found: string[] = []
  const expect = (holds: boolean, problem: string): void => {
    if (!holds) found.push(`packages/${name}: ${problem}`)
  }

  const published: Record<string, Entry> = manifest.publishConfig.exports
  for (const [entry, target] of Object.entries<Entry>(manifest.exports)) {
    if (typeof target === 'string') continue
    const { [SOURCE]: source = '', ...rest } = target
    expect(JSON.stringify(published[entry]) === JSON.stringify(rest), `"${entry}" differs in publishConfig.exports`)
    expect(existsSync(join(folder, source)), `"${entry}" has no source at ${source || SOURCE}`)
    expect(read('tsup.config.ts').includes(`'${source.slice(2)}'`), `"${entry}" is not built by tsup.config.ts`)
    for (const name of undocumented(join(folder, source)))
      expect(false, `"${entry}" exports ${name}, which has no doc comment`)
  }
  expect(
    Object.keys(published).length === Object.keys(manifest.exports).length,
    'publishConfig.exports has an entry that exports has not',
  )
  expect(manifest.sideEffects === false, 'package.json does not say "sideEffects": false')

  const code = read('src/index.ts').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
  const statements = code.replace(/export (type )?\{[^}]*\} from '\.\/[^']+'/g, '').trim()
  expect(statements === '', `src/index.ts holds more than named exports: ${statements.split('\n')[0]}`)
  const lines = read('README.md').split('\n').length
  expect(lines <= MAX_README_LINES, `README.md has ${lines} lines, at most ${MAX_README_LINES} are wanted`)
  return found
}

/** The names that an entry exports, itself or from a file beside it, with no doc comment before their declaration. */
function undocumented(entry: string): string[] {
  const code = readFileSync(entry, 'utf8')
  const own = [...code.matchAll(/^export (?:async )?(?:class|function\*?|interface|type|const) (\w+)/gm)].map(
    ([, name = '']) => [entry, name] as const,
  )
  const named = [...code.matchAll(/^export (?:type )?\{([^}]*)\} from '(\.[^']+)'/gm)].flatMap(
    ([, names = '', from = '']) =>
      [...names.matchAll(/(?:type )?(\w+)(?: as \w+)?/g)].map(
        ([, name = '']) => [join(entry, '..', from), name] as const,
      ),
  )
  return [...own, ...named]
    .filter(([file, name]) => {
      const declared = new RegExp(
        `^export (?:abstract )?(?:async )?(?:class|function\\*?|interface|type|const) ${name}\\b`,
        'm',
      )
      const before = readFileSync(file, 'utf8').split(declared)
      return before.length > 1 && !before[0]?.endsWith('*/\n')
    })
    .map(([, name]) => name)
}

function checkLengths(): string[] {
  const patterns = [
    'packages/*.ts',
    'apps/*.ts',
    'apps/*.tsx',
    'apps/*.css',
    'bench/*.ts',
    'scripts/*.ts',
    'test-fixtures/*.ts',
  ]
  const files = execFileSync('git', ['ls-files', '--', ...patterns], { cwd: ROOT, encoding: 'utf8' })
    .trim()
    .split('\n')
  return files
    .filter(file => existsSync(join(ROOT, file)))
    .map(file => [file, readFileSync(join(ROOT, file), 'utf8').split('\n').length] as const)
    .filter(([, lines]) => lines > MAX_FILE_LINES)
    .map(
      ([file, lines]) => `${file} has ${lines} lines, at most ${MAX_FILE_LINES} are wanted: it may hold a second idea`,
    )
}
