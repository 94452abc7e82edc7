import { bots } from './bots.ts'
import { answerCompletion } from './completions.ts'
import { jsonResponse, problemResponse, readJson } from './json.ts'
import type { LanguageModel } from './language-model.ts'
import { Ledger } from './ledger.ts'
import { Problem } from './problem.ts'
import { Weathers } from './weathers.ts'

export interface Api {
  /** Whether a path is one of its own. */
  owns(pathname: string): boolean
  /** Answers a request to one of its paths. Rejects when the connection is to be cut. */
  answer(request: Request, pathname: string): Promise<Response>
}

/** All that the page asks of a server, with a real model beside the bots if one is given; on web standards alone: it runs on Node and in a service worker. */
export function createApi(model?: LanguageModel): Api {
  const weathers = new Weathers()
  const ledger = new Ledger()
  const models = [
    ...bots.map(asModel),
    ...(model ? [{ id: model.id, object: 'model', created: 0, owned_by: 'you' }] : []),
  ]

  const routes: readonly [path: RegExp, methods: string[], (request: Request, name: string) => Promise<Response>][] = [
    [/^\/v1\/chat\/completions$/, ['POST'], request => answerCompletion(request, { ledger, weathers, model })],
    [/^\/v1\/models$/, ['GET'], async () => jsonResponse(200, { object: 'list', data: models })],
    [
      /^\/faults$/,
      ['GET', 'PUT'],
      async request => {
        const client = new URL(request.url).searchParams.get('client') ?? ''
        if (request.method === 'GET') return jsonResponse(200, weathers.over(client).faults)
        const change = await readJson(request)
        return jsonResponse(200, weathers.toChange(client).change(change))
      },
    ],
    [
      /^\/ledger$/,
      ['GET'],
      async request => {
        const { searchParams } = new URL(request.url)
        return jsonResponse(200, ledger.page(searchParams.get('client') ?? '', sinceOf(searchParams.get('since'))))
      },
    ],
    [/^\/generations\/([\x21-\x7e]+)\/stop$/, ['POST'], async (_, key) => jsonResponse(200, ledger.stop(key))],
  ]

  return {
    owns: pathname => routes.some(([path]) => path.test(pathname)),
    async answer(request, pathname) {
      try {
        for (const [path, methods, answer] of routes) {
          const found = path.exec(pathname)
          if (found) return await answer(allow(request, methods), found[1] ?? '')
        }
        throw new Problem(404, 'not_found', `there is no ${pathname}`)
      } catch (error) {
        if (error instanceof Problem) return problemResponse(error)
        throw error
      }
    },
  }
}

function allow(request: Request, methods: string[]): Request {
  if (methods.includes(request.method)) return request
  throw new Problem(405, 'method_not_allowed', `the method must be ${methods.join(' or ')}, got ${request.method}`, {
    allow: methods.join(', '),
  })
}

function asModel({ id, description }: (typeof bots)[number]): object {
  return { id, object: 'model', created: 0, owned_by: 'demo', description }
}

function sinceOf(value: string | null): number {
  if (value === null) return 0
  if (!/^\d{1,15}$/.test(value)) throw new Problem(400, 'invalid_request', '`since` must be a revision of the ledger')
  return Number(value)
}
