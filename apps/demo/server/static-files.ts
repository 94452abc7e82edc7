import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Problem } from '../api/problem.ts'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.map': 'application/json',
}

/** Serves the files below `root`, and nothing that is not below it. */
export function staticFiles(root: string) {
  return async (request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> => {
    const file = resolveInside(root, pathname === '/' ? '/index.html' : pathname)
    const found = await stat(file).catch(() => undefined)
    if (!found?.isFile())
      throw pathname === '/'
        ? new Problem(503, 'not_built', 'the page is not built yet: run `pnpm --filter demo build`')
        : new Problem(404, 'not_found', `there is no ${pathname}`)
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-length': found.size,
      'cache-control': pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      'content-security-policy': "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    })
    if (request.method === 'HEAD') return void response.end()
    // A visitor who leaves in the middle is no error.
    await pipeline(createReadStream(file), response).catch(() => response.destroy())
  }
}

/** The file that a URL's path names below `root`. */
function resolveInside(root: string, pathname: string): string {
  const decoded = decode(pathname)
  if (decoded.includes('\0') || decoded.includes('\\'))
    throw new Problem(400, 'bad_path', 'the path has a forbidden character')
  const file = join(root, decoded)
  if (!file.startsWith(root + sep)) throw new Problem(404, 'not_found', `there is no ${pathname}`)
  return file
}

function decode(pathname: string): string {
  try {
    return decodeURIComponent(pathname)
  } catch {
    throw new Problem(400, 'bad_path', 'the path must be percent-encoded UTF-8')
  }
}
