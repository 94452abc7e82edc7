/**
 * Packs the packages, installs the tarballs in an empty project, and runs one
 * program there on every runtime the packages promise: Node under `import` and
 * under `require`, Deno, Bun, and pages and workers of the browsers that there
 * are (`REQUIRE_FIREFOX` and `REQUIRE_CHROMIUM` fail without one); then compiles
 * a consumer against the declarations. Run after a build.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { examplesModule } from '../examples.ts'
import { BROWSERS, runIn } from './browsers.ts'

const ROOT = join(import.meta.dirname, '../..')
const PACKAGES = ['mutex', 'retry', 'fetch-retry', 'session-manager']
/** The floor of `engines`, then the newest of each line that the registry has for this platform. */
const NODES = ['20.19.0', '22.23.2', '24.21.0', '26.10.0']
const PLATFORM = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
/** Their packages hold the program itself, on the platforms that CI has. */
const OTHERS =
  process.platform === 'linux' && process.arch === 'x64'
    ? [
        {
          name: 'Deno',
          spec: '@deno/linux-x64-glibc@2.9.6',
          program: '@deno/linux-x64-glibc/deno',
          args: ['run', '-A'],
        },
        {
          name: 'Bun',
          spec: '@oven/bun-linux-x64-baseline@1.4.5',
          program: '@oven/bun-linux-x64-baseline/bin/bun',
          args: [],
        },
      ]
    : []

const project = mkdtempSync(join(tmpdir(), 'x-runtimes-'))
let failed = 0
try {
  for (const name of PACKAGES) run('pnpm', ['pack', '--pack-destination', project], join(ROOT, 'packages', name))
  const tarballs = readdirSync(project).filter(name => name.endsWith('.tgz'))
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n')
  run('npm', ['install', '--no-audit', '--no-fund', '--silent', ...tarballs.map(name => `./${name}`)], project)
  for (const name of PACKAGES) await check(`the examples of ${name}`, () => runExamples(name))
  writePrograms()
  for (const version of NODES) await check(`Node ${version}`, () => runOn(installNode(version)))
  for (const { name, spec, program, args } of OTHERS)
    await check(`${name} ${spec.split('@').at(-1)}`, () =>
      run(install(spec, program), [...args, 'import.mjs'], project),
    )
  for (const browser of BROWSERS) {
    if (browser.path) await check(`${browser.name}, page and worker`, () => runIn(browser, project))
    else if (process.env[`REQUIRE_${browser.name.toUpperCase()}`]) await check(browser.name, () => fail('not found'))
    else process.stdout.write(`skipped ${browser.name}: not found\n`)
  }
  await check('declarations', compile)
} finally {
  rmSync(project, { recursive: true, force: true })
}
process.exit(failed > 0 ? 1 : 0)

/** What they import is what is installed, and so is the README that they are read from. */
async function runExamples(name: string): Promise<void> {
  const imports = `import { test } from 'node:test'\nimport { __expect } from './expect.mjs'`
  copyFileSync(join(import.meta.dirname, 'expect.mjs'), join(project, 'expect.mjs'))
  const file = `examples-${name}.mjs`
  writeFileSync(join(project, file), await examplesModule(join(project, 'node_modules/@x', name), imports))
  run(process.execPath, [file], project)
}

function writePrograms(): void {
  for (const name of ['smoke.mjs', 'smoke-server.mjs', 'types.ts'])
    copyFileSync(join(import.meta.dirname, name), join(project, name))
  const names = ['mutex', 'retry', 'fetchRetry', 'sessionManager', 'fetchRetryNode']
  const entries = [...PACKAGES, 'fetch-retry/node']
  const imports = names.map((name, i) => `import * as ${name} from '@x/${entries[i]}'`)
  const requires = names.map((name, i) => `const ${name} = require('@x/${entries[i]}')`)
  const call = `smokeServer({ ${names.join(', ')} })`
  writeFileSync(
    join(project, 'import.mjs'),
    [`import { smokeServer } from './smoke-server.mjs'`, ...imports, `await ${call}`].join('\n'),
  )
  writeFileSync(
    join(project, 'require.cjs'),
    [...requires, `import('./smoke-server.mjs').then(({ smokeServer }) => ${call})`].join('\n'),
  )
}

function installNode(version: string): string {
  return install(`${PLATFORM}@${version}`, join(PLATFORM, 'bin', process.platform === 'win32' ? 'node.exe' : 'node'))
}

/** Each runtime comes from the npm registry, in a folder of its own. */
function install(spec: string, program: string): string {
  const folder = join(project, spec.replace(/\W/g, '-'))
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  run('npm', ['install', '--no-audit', '--no-fund', '--silent', spec], folder)
  return join(folder, 'node_modules', program)
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

function fail(message: string): never {
  throw new Error(message)
}

async function check(what: string, test: () => void | Promise<void>): Promise<void> {
  try {
    await test()
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
