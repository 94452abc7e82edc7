// The same pass where there are `node:` modules: Node, Deno and Bun. The packages come from `import` or from `require`.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { equal, smoke } from './smoke.mjs'

export async function smokeServer(packages) {
  let hits = 0
  const server = createServer((request, response) => {
    request.resume()
    if (request.url === '/file') response.writeHead(200, { etag: '"v1"' }).end('a file')
    else response.writeHead(++hits % 2 ? 503 : 200).end('body')
  }).listen(0, '127.0.0.1')
  await new Promise(done => server.once('listening', done))
  const origin = `http://127.0.0.1:${server.address().port}`
  await smoke(packages, `${origin}/flaky`)

  const folder = await mkdtemp(join(tmpdir(), 'x-smoke-'))
  const path = join(folder, 'file')
  equal((await packages.fetchRetryNode.downloadToFile(`${origin}/file`, path)).totalBytes, 6)
  equal(await readFile(path, 'utf8'), 'a file')
  await rm(folder, { recursive: true })
  server.closeAllConnections?.()
  server.close()
}
