import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

const PAGE = '<!doctype html><meta charset=utf-8><script type=module src=/script.js></script>'

export interface ScriptServer extends AsyncDisposable {
  /** The origin, without a slash at its end. */
  readonly url: string
}

/** A server on loopback: every page of it runs the module `/script.js`, and `routes` answer for the paths they name. */
export async function serveScript(
  script: string,
  routes: Readonly<Record<string, RequestListener>> = {},
): Promise<ScriptServer> {
  const server = createServer((request, response) => {
    const route = routes[request.url ?? '']
    if (route) route(request, response)
    else if (request.url === '/script.js') response.setHeader('content-type', 'text/javascript').end(script)
    else response.setHeader('content-type', 'text/html').end(PAGE)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
