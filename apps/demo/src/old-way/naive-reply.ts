import type { ReplyPiece, ReplyRequest } from '../chat/request-reply.ts'

const MAX_RETRIES = 3
const BASE_DELAY_MS = 250

/**
 * A reply as the older code got it: up to three more tries, each wait twice as long as the one before. It knows no
 * `Retry-After`, sends no key by which the server could know the request again, and does not go on where a stream broke off.
 */
export async function* naiveReply(request: ReplyRequest): AsyncGenerator<ReplyPiece> {
  const response = await fetchWithRetry(JSON.stringify({ ...request, stream: true }))
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true })
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1] ?? ''
      if (data === '[DONE]') return
      try {
        const chunk = JSON.parse(data)
        yield { text: chunk.choices[0].delta.content ?? '', run: chunk.system_fingerprint }
      } catch {
        // What cannot be read is left out.
      }
    }
  }
}

async function fetchWithRetry(body: string): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    try {
      const headers = { 'content-type': 'application/json' }
      const response = await fetch('v1/chat/completions', { method: 'POST', headers, body })
      if (response.ok) return response
      throw new Error(`HTTP ${response.status}`)
    } catch (error) {
      if (attempt === MAX_RETRIES) throw error
      await new Promise(resolve => setTimeout(resolve, BASE_DELAY_MS * 2 ** attempt))
    }
  }
}
