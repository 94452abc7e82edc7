import { type FetchEventsOptions, fetchEvents } from '@x/fetch-retry'
import { service } from './service.ts'

export interface ReplyRequest {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly seed?: number
  readonly metadata: { readonly client: string; readonly chat: string; readonly message: string }
}

export interface ReplyPiece {
  readonly text: string
  /** Which run of the server numbered it, or which take of a real model it belongs to. */
  readonly run: string
}

const POLICY: FetchEventsOptions = {
  ...service,
  // A reply that the breaker refuses waits until it lets calls through again.
  perOrigin: true,
  maxRetries: 12,
  baseDelayMs: 150,
  maxDelayMs: 3000,
  reconnectMs: 100,
  timeoutMs: 10_000,
  bodyTimeoutMs: 2500,
}

/**
 * The pieces of one reply, as they come, behind `lastEventId`. Whatever is refused or breaks off is asked for
 * again under the same key, so the bot speaks once, and behind the last piece that came, so nothing comes twice.
 */
export async function* requestReply(
  request: ReplyRequest,
  options: FetchEventsOptions & { signal: AbortSignal },
): AsyncGenerator<ReplyPiece> {
  const { signal, ...hooks } = options
  const events = fetchEvents(
    'v1/chat/completions',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...request, stream: true }),
      signal,
    },
    {
      ...POLICY,
      ...hooks,
      idempotencyKey: request.metadata.message,
    },
  )
  for await (const { data } of events) {
    if (data === '[DONE]') return
    const chunk = JSON.parse(data)
    yield { text: chunk.choices[0].delta.content ?? '', run: chunk.system_fingerprint }
  }
  throw new Error('the stream ended before [DONE]')
}
