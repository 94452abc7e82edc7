/**
 * Packs the packages, installs the tarballs in an empty project, and runs one
 * program there on every Node the packages promise, under `import` and under
 * `require`; then compiles a consumer against the declarations. Run after a build.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const PACKAGES = ['mutex', 'retry', 'fetch-retry', 'session-manager']
/** The floor of `engines`, then the newest of each line that the registry has for this platform. */
const NODES = ['20.19.0', '22.23.2', '24.21.0', '26.10.0']
const PLATFORM = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`

const project = mkdtempSync(join(tmpdir(), 'x-runtimes-'))
let failed = 0
try {
  for (const name of PACKAGES) run('pnpm', ['pack', '--pack-destination', project], join(ROOT, 'packages', name))
  const tarballs = readdirSync(project).filter(name => name.endsWith('.tgz'))
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n')
  run('npm', ['install', '--no-audit', '--no-fund', '--silent', ...tarballs.map(name => `./${name}`)], project)
  writePrograms()
  for (const version of NODES) check(`Node ${version}`, () => runOn(install(version)))
  check('declarations', compile)
} finally {
  rmSync(project, { recursive: true, force: true })
}
process.exit(failed > 0 ? 1 : 0)

function writePrograms(): void {
  copyFileSync(join(import.meta.dirname, 'smoke.mjs'), join(project, 'smoke.mjs'))
  copyFileSync(join(import.meta.dirname, 'types.ts'), join(project, 'types.ts'))
  const names = ['mutex', 'retry', 'fetchRetry', 'sessionManager'] as const
  const imports = names.map((name, i) => `import * as ${name} from '@x/${PACKAGES[i]}'`)
  const requires = names.map((name, i) => `const ${name} = require('@x/${PACKAGES[i]}')`)
  const call = `smoke({ ${names.join(', ')} })`
  writeFileSync(
    join(project, 'import.mjs'),
    [`import { smoke } from './smoke.mjs'`, ...imports, `await ${call}`].join('\n'),
  )
  writeFileSync(
    join(project, 'require.cjs'),
    [...requires, `import('./smoke.mjs').then(({ smoke }) => ${call})`].join('\n'),
  )
}

/** Each Node comes from the npm registry, in a folder of its own. */
function install(version: string): string {
  const folder = join(project, `node-${version}`)
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  run('npm', ['install', '--no-audit', '--no-fund', '--silent', `${PLATFORM}@${version}`], folder)
  return join(folder, 'node_modules', PLATFORM, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

function runOn(node: string): void {
  run(node, ['import.mjs'], project)
  run(node, ['require.cjs'], project)
}

function compile(): void {
  const options = ['--noEmit', '--strict', '--target', 'es2022', '--skipLibCheck', 'false', '--types', '']
  for (const [module, resolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const)
    run(
      'tsc',
      [
        '--ignoreConfig',
        ...options,
        '--lib',
        'es2022,dom',
        '--module',
        module,
        '--moduleResolution',
        resolution,
        'types.ts',
      ],
      project,
    )
}

function check(what: string, test: () => void): void {
  try {
    test()
    process.stdout.write(`ok      ${what}\n`)
  } catch (error) {
    failed++
    const { message, stdout, stderr } = error as { message: string; stdout?: string; stderr?: string }
    process.stdout.write(`FAILED  ${what}\n${stdout ?? ''}${stderr ?? message}\n`)
  }
}

function run(command: string, args: readonly string[], cwd: string): void {
  execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
}
