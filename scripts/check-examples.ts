/**
 * Compiles the examples of a package's README and doc comments, as somebody would who pastes one into a strict project.
 * Run in the package's folder. That they do what they say is shown by the tests: see `examples.ts`.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findExamples } from './find-examples.ts'

const FOLDER = '.examples'

const examples = findExamples(process.cwd())
rmSync(FOLDER, { recursive: true, force: true })
mkdirSync(FOLDER)
for (const [index, { code }] of examples.entries()) writeFileSync(join(FOLDER, `${index}.ts`), `${code}\nexport {}\n`)
writeFileSync(
  join(FOLDER, 'tsconfig.json'),
  JSON.stringify({
    extends: '../../../tsconfig.base.json',
    compilerOptions: {
      declaration: false,
      isolatedDeclarations: false,
      // What a strict project has not by itself.
      exactOptionalPropertyTypes: false,
      noUncheckedIndexedAccess: false,
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    files: examples.map((_, index) => `${index}.ts`),
  }),
)
const { status, stdout } = spawnSync('tsc', ['-p', FOLDER], { encoding: 'utf8', shell: process.platform === 'win32' })
const named = stdout.replace(/^\.examples.(\d+)\.ts\((\d+),\d+\)/gm, (_, index, line) => {
  const { title, code } = examples[Number(index)] ?? { title: index, code: '' }
  return `${title}: ${code.split('\n')[Number(line) - 1]?.trim()}\n `
})
process.stdout.write(named)
rmSync(FOLDER, { recursive: true })
process.exit(status ?? 1)
