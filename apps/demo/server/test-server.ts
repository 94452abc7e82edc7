import { createServer, type Server } from 'node:http'
import type { LanguageModel } from '../api/language-model.ts'
import { Problem } from '../api/problem.ts'
import type { Faults } from '../shared/faults.ts'
import { createApp, type PageHandler } from './app.ts'
import { listen } from './listen.ts'

const noPage: PageHandler = () => Promise.reject(new Problem(404, 'not_found', 'no page in this test'))

/** A server for one test, with what a test wants to ask of it. */
export class TestServer implements AsyncDisposable {
  readonly url: string
  readonly #server: Server

  private constructor(url: string, server: Server) {
    this.url = url
    this.#server = server
  }

  static async start(page: PageHandler = noPage, model?: LanguageModel): Promise<TestServer> {
    const server = createServer(createApp(page, model))
    return new TestServer(await listen(server, [0]), server)
  }

  async faults(change: Partial<Faults>): Promise<void> {
    const response = await this.send('PUT', '/faults', change)
    if (!response.ok) throw new Error(await response.text())
  }

  send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }

  complete(body: object = {}, headers: Record<string, string> = {}): Promise<Response> {
    const messages = [{ role: 'user', content: 'count to 5' }]
    return this.send('POST', '/v1/chat/completions', { model: 'counter', stream: true, messages, ...body }, headers)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }
}
