/**
 * Packs the package as it would be published and checks the tarball: publint,
 * attw, no `workspace:` range, no source condition, no test file.
 * Run in the package's folder, after its build.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

rmSync('.pack', { recursive: true, force: true })
mkdirSync('.pack')
run('pnpm', 'pack', '--pack-destination', '.pack')
const tarball = join('.pack', readdirSync('.pack').find(name => name.endsWith('.tgz')) ?? '')
const files = run('tar', '-tzf', tarball).trim().split('\n')
const manifest = JSON.parse(run('tar', '-xzOf', tarball, 'package/package.json'))

const problems = [
  ...files.filter(name => /\.test(-d)?\.tsx?$/.test(name)).map(name => `test file in the tarball: ${name}`),
  ...['package/README.md', 'package/LICENSE', 'package/dist/index.js', 'package/dist/index.d.ts']
    .filter(name => !files.includes(name))
    .map(name => `not in the tarball: ${name}`),
  ...Object.entries(manifest.dependencies ?? {})
    .filter(([name, range]) => !name.startsWith('@x/') || String(range).startsWith('workspace:'))
    .map(([name, range]) => `not a published dependency: ${name}@${range}`),
  ...(JSON.stringify(manifest.exports).includes('@x/source') ? ['the source condition is published'] : []),
]
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`)
  process.exit(1)
}
run('publint', 'run', tarball, '--strict')
run('attw', tarball, '--profile', 'esm-only')
process.stdout.write(`${manifest.name}@${manifest.version}: ${files.length} files, publint and attw are content\n`)

function run(command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    process.stderr.write(`${command} ${args.join(' ')}\n${stdout ?? ''}${stderr ?? ''}\n`)
    return process.exit(1)
  }
}
