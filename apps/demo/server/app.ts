import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { bots } from './bots.ts'
import { answerCompletion } from './completions.ts'
import { Weather } from './faults.ts'
import { readJson, sendJson, sendProblem } from './json.ts'
import { Ledger } from './ledger.ts'
import { Problem } from './problem.ts'

export type PageHandler = (request: IncomingMessage, response: ServerResponse, pathname: string) => Promise<void>

/** The whole server but its socket: the API, and the page for every other path. */
export function createApp(page: PageHandler): RequestListener {
  const weather = new Weather()
  const ledger = new Ledger(() => weather.faults.paceMs)

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = parseUrl(request.url ?? '/')
    const stop = /^\/generations\/([\x21-\x7e]+)\/stop$/.exec(pathname)
    if (pathname === '/v1/chat/completions') {
      allow(request, 'POST')
      return await answerCompletion(request, response, { ledger, weather })
    }
    if (pathname === '/v1/models') {
      allow(request, 'GET')
      const data = bots.map(({ id, description }) => ({
        id,
        object: 'model',
        created: 0,
        owned_by: 'demo',
        description,
      }))
      return sendJson(response, 200, { object: 'list', data })
    }
    if (pathname === '/faults') {
      allow(request, 'GET', 'PUT')
      return sendJson(
        response,
        200,
        request.method === 'GET' ? weather.faults : weather.change(await readJson(request)),
      )
    }
    if (pathname === '/ledger') {
      allow(request, 'GET')
      return sendJson(response, 200, ledger.page(searchParams.get('client') ?? '', sinceOf(searchParams.get('since'))))
    }
    if (stop?.[1]) {
      allow(request, 'POST')
      return sendJson(response, 200, ledger.stop(stop[1]))
    }
    allow(request, 'GET', 'HEAD')
    await page(request, response, pathname)
  }

  return (request, response) => {
    route(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return void response.destroy()
      const problem = error instanceof Problem ? error : new Problem(500, 'internal_error', 'the demo server failed')
      if (problem !== error) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      sendProblem(response, problem)
    })
  }
}

function parseUrl(url: string): URL {
  if (!URL.canParse(url, 'http://localhost')) throw new Problem(400, 'bad_path', 'the path is no valid URL')
  return new URL(url, 'http://localhost')
}

function allow(request: IncomingMessage, ...methods: string[]): void {
  if (!methods.includes(request.method ?? ''))
    throw new Problem(405, 'method_not_allowed', `the method must be ${methods.join(' or ')}, got ${request.method}`, {
      allow: methods.join(', '),
    })
}

function sinceOf(value: string | null): number {
  if (value === null) return 0
  if (!/^\d{1,15}$/.test(value)) throw new Problem(400, 'invalid_request', '`since` must be a revision of the ledger')
  return Number(value)
}
