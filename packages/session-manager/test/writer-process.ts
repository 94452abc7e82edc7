import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { bundleForNode } from 'test-fixtures/bundle'
import { afterAll } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'session-manager-writers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A process of its own that writes to a store, and what it has said so far. */
export interface WriterProcess {
  readonly child: ChildProcess
  readonly lines: string[]
}

/** `script` is the name of a file beside this one. */
export function startWriter(script: string, ...args: string[]): WriterProcess {
  const path = join(folder, `${script}.mjs`)
  if (!existsSync(path)) bundleForNode(join(import.meta.dirname, script), path)
  const child = spawn(process.execPath, ['--no-warnings', path, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', line => lines.push(line))
  return { child, lines }
}

/** Resolves with the time of the kill when the process is gone, also when it was before. */
export async function kill({ child }: WriterProcess): Promise<number> {
  if (child.exitCode !== null || child.signalCode !== null) return Date.now()
  const closed = new Promise(resolve => child.once('close', resolve))
  const killedAt = Date.now()
  child.kill('SIGKILL')
  await closed
  return killedAt
}
