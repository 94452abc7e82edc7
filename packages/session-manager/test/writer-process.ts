import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A process of its own that writes to a store, and what it has said so far. */
export interface WriterProcess {
  readonly child: ChildProcess
  readonly lines: string[]
}

/** `script` is the name of a file beside this one. */
export function startWriter(script: string, ...args: string[]): WriterProcess {
  const path = join(import.meta.dirname, script)
  const child = spawn(process.execPath, ['--conditions=@x/source', '--no-warnings', path, ...args], {
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
