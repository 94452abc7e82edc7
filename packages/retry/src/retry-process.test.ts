import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { circuitBreaker } from './index.ts'

const entry = fileURLToPath(new URL('index.ts', import.meta.url))

/** What a Node process prints that runs this. */
async function printed(code: string): Promise<string> {
  const script = `import * as x from ${JSON.stringify(entry)}; ${code}`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
  return stdout
}

/** How long a Node process lives that runs this. */
async function lifetimeMs(code: string): Promise<number> {
  return Number(
    await printed(
      `${code}; const at = performance.now(); process.on('exit', () => console.log(performance.now() - at))`,
    ),
  )
}

const failing = `() => { throw new Error('down') }`

describe('a process', () => {
  it('ends while only an unref wait is pending', async () => {
    const options = `{ unref: true, backoff: () => 5000, deadlineMs: 9000, timeoutMs: 9000 }`
    expect(await lifetimeMs(`x.retry(${failing}, ${options}); x.delay(5000, { unref: true })`)).toBeLessThan(2000)
  })

  it('ends while only an unref time-out or hedge is pending', async () => {
    const never = '() => new Promise(() => {})'
    const calls = `x.retry(${never}, { unref: true, timeoutMs: 9000 }); x.hedge({ unref: true, delayMs: 9000 }).execute(${never})`
    expect(await lifetimeMs(calls)).toBeLessThan(2000)
  })

  it('is held by any other wait', async () => {
    expect(
      await lifetimeMs(`x.retry(${failing}, { maxRetries: 1, backoff: () => 300 }).catch(() => {})`),
    ).toBeGreaterThan(250)
  })

  it('is not held by a call that has ended', async () => {
    const options = `{ timeoutMs: 9000, deadlineMs: 9000, signal: new AbortController().signal }`
    expect(await lifetimeMs(`await x.retry(() => 1, ${options})`)).toBeLessThan(2000)
    expect(await lifetimeMs('await x.retry(() => 1, { timeoutMs: 9000 })')).toBeLessThan(2000)
  })

  it('goes on with the breaker that another one exported', async () => {
    const exported = await printed(`const breaker = x.circuitBreaker({ openMs: 60_000 })
      for (let i = 0; i < 3; i++) await breaker.execute(${failing}).catch(() => {})
      console.log(JSON.stringify(breaker.exportState()))`)
    const breaker = circuitBreaker({ initialState: JSON.parse(exported) })
    const thrown = await breaker.execute(() => 1).catch(error => error)

    expect(breaker.state).toBe('open')
    expect(thrown.retryAfterMs).toBeGreaterThan(50_000)
    expect(thrown.retryAfterMs).toBeLessThanOrEqual(60_000)
  })
})
