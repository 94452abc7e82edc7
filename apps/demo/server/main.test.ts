import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

describe('the start command', () => {
  it('prints a URL that answers, and ends on SIGTERM', async () => {
    const child = spawn(process.execPath, ['--conditions=@x/source', main], { env: { ...process.env, PORT: '0' } })
    const [output] = (await once(child.stdout, 'data')) as [Buffer]
    const url = /http:\S+/.exec(String(output))?.[0]
    const models = await (await fetch(`${url}/v1/models`)).json()
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')

    expect(models.data.map(({ id }: { id: string }) => id)).toEqual(['storyteller', 'handbook', 'counter', 'echo'])
    expect(code).toBe(0)
  })

  it('names a PORT that is none', async () => {
    const child = spawn(process.execPath, ['--conditions=@x/source', main], { env: { ...process.env, PORT: 'http' } })
    const errors = (async () => (await Array.fromAsync(child.stderr)).join(''))()
    const [code] = await once(child, 'exit')

    expect(code).toBe(1)
    expect(await errors).toContain('`PORT` must be a whole number from 0 to 65535, got http')
  })

  it('names an LLM_BASE_URL where nobody answers, and what can be done', async () => {
    const env = { ...process.env, PORT: '0', LLM_BASE_URL: 'http://127.0.0.1:1/v1', LLM_MODEL: '' }
    const child = spawn(process.execPath, ['--conditions=@x/source', main], { env })
    const errors = (async () => (await Array.fromAsync(child.stderr)).join(''))()
    const [code] = await once(child, 'exit')

    expect(code).toBe(1)
    expect(await errors).toMatch(/`LLM_BASE_URL` http:\/\/127\.0\.0\.1:1\/v1 does not list its models .*`LLM_MODEL`/)
  })
})
