import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createApi } from '../api/api.ts'
import { ConnectionCut } from '../api/connection-cut.ts'
import { problemResponse } from '../api/json.ts'
import type { LanguageModel } from '../api/language-model.ts'
import { Problem } from '../api/problem.ts'
import { sendResponse, toRequest } from './web-standard.ts'

export type PageHandler = (request: IncomingMessage, response: ServerResponse, pathname: string) => Promise<void>

const BASE = 'http://localhost'

/** The whole server but its socket: the API, and the page for every other path. */
export function createApp(page: PageHandler, model?: LanguageModel): RequestListener {
  const api = createApi(model)

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url = '/', method = 'GET' } = request
    if (!URL.canParse(url, BASE)) throw new Problem(400, 'bad_path', 'the path is no valid URL')
    const { href, pathname } = new URL(url, BASE)
    if (api.owns(pathname)) return await sendResponse(await api.answer(toRequest(request, href), pathname), response)
    if (method !== 'GET' && method !== 'HEAD')
      throw new Problem(405, 'method_not_allowed', `the method must be GET or HEAD, got ${method}`, {
        allow: 'GET, HEAD',
      })
    await page(request, response, pathname)
  }

  return (request, response) => {
    route(request, response).catch(async (error: unknown) => {
      if (error instanceof ConnectionCut || response.headersSent || response.destroyed) return void response.destroy()
      const problem = error instanceof Problem ? error : new Problem(500, 'internal_error', 'the demo server failed')
      if (problem !== error) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      await sendResponse(problemResponse(problem), response)
    })
  }
}
