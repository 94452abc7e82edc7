import { Problem } from './problem.ts'

const MAX_BYTES = 512 * 1024

/** The body of a JSON request, at most 512 KiB of it. */
export async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type') ?? ''
  // Asking for JSON also keeps other origins out: they would need a preflight, which nobody here answers.
  if (!/^application\/json\b/i.test(type))
    throw new Problem(415, 'unsupported_media_type', `Content-Type must be application/json, got ${type || 'none'}`)
  try {
    return JSON.parse(await readText(request))
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem(400, 'invalid_json', `the body must be JSON: ${(error as Error).message}`)
  }
}

async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  // Firefox has no `body` of a request; what its service worker gets is the page's own.
  if (!request.body) return await request.text()
  for await (const chunk of request.body) {
    size += chunk.length
    if (size > MAX_BYTES)
      throw new Problem(413, 'body_too_large', `the body must be at most ${MAX_BYTES} bytes`, { connection: 'close' })
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

export function jsonResponse(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } })
}

/** An error in the shape of the OpenAI API. */
export function problemResponse({ status, message, code, headers }: Problem): Response {
  const type = status < 500 ? 'invalid_request_error' : 'server_error'
  return jsonResponse(status, { error: { message, type, code } }, headers)
}
