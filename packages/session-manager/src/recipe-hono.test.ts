import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { afterAll, describe, expect, it } from 'vitest'
import { chatServer } from '../recipes/hono-server.ts'
import { sleep, texts } from '../test/faulty-store.ts'
import { sqliteStore } from './sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'session-manager-hono-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Says a hundred numbers, for a second, or until it is stopped. */
async function* count(_: string, signal: AbortSignal): AsyncGenerator<string> {
  for (let n = 1; n <= 100; n++) {
    yield `${n} `
    await sleep(10)
    signal.throwIfAborted()
  }
}

/** The recipe on a real socket and a file. */
async function start(path: string) {
  const store = sqliteStore({ path: join(folder, path) })
  const { app, manager } = chatServer(store, count)
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  if (!server.listening) await new Promise(resolve => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const call = (method: string, at: string, body?: object, init: RequestInit = {}) =>
    fetch(url + at, { method, ...(body && { body: JSON.stringify(body) }), ...init })
  const read = async (at: string) => (await call('GET', at)).json()
  return {
    manager,
    call,
    read,
    async [Symbol.asyncDispose]() {
      await manager[Symbol.asyncDispose]()
      await new Promise(resolve => server.close(resolve))
      await store.close?.()
    },
  }
}

const ALL = Array.from({ length: 100 }, (_, index) => `${index + 1} `).join('')

describe('a Hono server on SQLite', () => {
  it('streams the reply, stores it, and has it after a restart', async () => {
    let id = ''
    {
      await using server = await start('restart.db')
      id = (await (await server.call('POST', '/chats')).json()).id
      const response = await server.call('POST', `/chats/${id}/messages`, { content: 'count' })
      expect(await response.text()).toBe(ALL)
    }
    await using server = await start('restart.db')
    expect((await server.read('/chats')).sessions).toMatchObject([{ id, title: 'count', messageCount: 2 }])
    expect(texts(await server.read(`/chats/${id}`))).toEqual(['count', ALL])
  })

  it('stores the whole reply of a client that has left, and half of one that was stopped', async () => {
    await using server = await start('leave.db')
    const { id } = await (await server.call('POST', '/chats')).json()
    const client = new AbortController()
    const response = await server.call('POST', `/chats/${id}/messages`, { content: 'a' }, { signal: client.signal })
    await response.body?.getReader().read()
    client.abort()
    await expect.poll(() => server.read(`/chats/${id}`).then(chat => texts(chat)[1]), { timeout: 10_000 }).toBe(ALL)

    const second = await server.call('POST', `/chats/${id}/messages`, { content: 'b' })
    const reader = second.body?.getReader()
    await reader?.read()
    expect((await server.call('DELETE', `/chats/${id}/turn`)).status).toBe(204)
    const { messages } = await server.read(`/chats/${id}`)
    expect(messages[3]).toMatchObject({ status: 'interrupted', content: expect.stringMatching(/^1 /) })
    expect(messages[3].content.length).toBeLessThan(ALL.length)
    await reader?.cancel()
  })

  it('stores once what is sent twice, and tells errors by their status', async () => {
    await using server = await start('twice.db')
    const { id } = await (await server.call('POST', '/chats')).json()
    const init = { headers: { 'idempotency-key': 'k' } }
    const send = () => server.call('POST', `/chats/${id}/messages`, { content: 'a' }, init).then(each => each.text())
    await Promise.all([send(), send()])
    expect(texts(await server.read(`/chats/${id}`))).toEqual(['a', ALL])
    const missing = await server.call('GET', '/chats/none')
    expect([missing.status, (await missing.json()).error]).toEqual([404, expect.stringContaining('none')])
  })
})
