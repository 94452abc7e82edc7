import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const run = promisify(execFile)

/** Runs a program against the sources in a process of its own, and gives what it wrote and how long it took. */
async function program(code: string) {
  const source = `import { Mutex } from ${JSON.stringify(import.meta.resolve('./index.ts'))}\n${code}`
  const startedAt = performance.now()
  const { stdout } = await run(process.execPath, ['--input-type=module', '--no-warnings', '--eval', source])
  return { stdout: stdout.trim(), ms: performance.now() - startedAt }
}

it('keeps no process alive with the timer of a wait that is over', async () => {
  const { stdout, ms } = await program(`
    const mutex = new Mutex()
    const guard = await mutex.acquire()
    const wait = mutex.acquire({ timeoutMs: 60_000, signal: new AbortController().signal })
    guard.release()
    ;(await wait).release()
    process.stdout.write('done')`)

  expect(stdout).toBe('done')
  expect(ms).toBeLessThan(20_000)
})

it('waits as long as it was told, though nothing else keeps the process alive', async () => {
  const { stdout } = await program(`
    const mutex = new Mutex()
    await mutex.acquire()
    await mutex.acquire({ timeoutMs: 50 }).catch(error => process.stdout.write(error.code))`)

  expect(stdout).toBe('LOCK_TIMEOUT')
})

it('keeps no process alive with the watch over a lock that is held', async () => {
  const { stdout, ms } = await program(`
    const { debugLocks } = await import(${JSON.stringify(import.meta.resolve('./debug.ts'))})
    debugLocks({ longHoldMs: 60_000 })
    await new Mutex().acquire()
    process.stdout.write('held')`)

  expect(stdout).toBe('held')
  expect(ms).toBeLessThan(20_000)
})
