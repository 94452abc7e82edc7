import type { IncomingMessage, ServerResponse } from 'node:http'
import { Problem } from './problem.ts'

const MAX_BYTES = 512 * 1024

/** The body of a JSON request, at most 512 KiB of it. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type'] ?? ''
  // Asking for JSON also keeps other origins out: they would need a preflight, which nobody here answers.
  if (!/^application\/json\b/i.test(type))
    throw new Problem(415, 'unsupported_media_type', `Content-Type must be application/json, got ${type || 'none'}`)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BYTES)
      throw new Problem(413, 'body_too_large', `the body must be at most ${MAX_BYTES} bytes`, { connection: 'close' })
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (error) {
    throw new Problem(400, 'invalid_json', `the body must be JSON: ${(error as Error).message}`)
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(text)
}

/** An error in the shape of the OpenAI API. */
export function sendProblem(response: ServerResponse, problem: Problem): void {
  const type = problem.status < 500 ? 'invalid_request_error' : 'server_error'
  sendJson(response, problem.status, { error: { message: problem.message, type, code: problem.code } }, problem.headers)
}
