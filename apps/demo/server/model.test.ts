import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CALM } from '../shared/faults.ts'
import { modelFromEnv } from './model-from-env.ts'
import { contentOf, eventsOf } from './streamed-events.ts'
import { TestServer } from './test-server.ts'

describe('LLM_BASE_URL', () => {
  let provider: LLMock
  let server: TestServer
  beforeAll(async () => {
    provider = new LLMock({ port: 0, chunkSize: 5 })
    provider.onMessage('hello', { content: 'A reply of the model, in several pieces' })
    await provider.start()
    const env = { LLM_BASE_URL: `${provider.url}/v1`, LLM_API_KEY: 'secret', LLM_MODEL: 'gpt-4o' }
    server = await TestServer.start(undefined, await modelFromEnv(env))
    await server.faults({ ...CALM, latencyMs: 0, paceMs: 1 })
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await provider.stop()
  })
  const ask = (headers = {}) =>
    server.complete({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hello' }] }, headers)

  it('lists the model beside the bots', async () => {
    const { data } = await (await server.send('GET', '/v1/models')).json()

    expect(data.at(-1)).toMatchObject({ id: 'gpt-4o', owned_by: 'you' })
  })

  it('streams what the model says, in pieces that can be gone on behind', async () => {
    const key = { 'idempotency-key': 'one' }
    const { events } = await eventsOf(await ask(key))
    expect(contentOf(events)).toBe('A reply of the model, in several pieces')
    const lastEventId = events[2]?.id ?? ''
    const rest = await eventsOf(await ask({ ...key, 'last-event-id': lastEventId }))

    expect(contentOf(rest.events)).toBe(contentOf(events.slice(3)))
    expect(provider.getRequests()).toHaveLength(1)
  })

  it('hands the key to the model, and to nobody else', async () => {
    const response = await ask()

    expect(await response.text()).not.toContain('secret')
    expect(JSON.stringify(provider.getLastRequest()?.body)).not.toContain('secret')
  })

  it('takes the first model that there is when none is named', async () => {
    const model = await modelFromEnv({ LLM_BASE_URL: `${provider.url}/v1/` })

    expect(model?.id).toMatch(/\w/)
  })

  it('names a base URL that is none', async () => {
    await expect(modelFromEnv({ LLM_BASE_URL: 'ollama' })).rejects.toThrow('`LLM_BASE_URL` must be a URL')
  })
})
