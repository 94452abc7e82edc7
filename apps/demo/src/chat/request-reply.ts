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

/** After so many unreadable events in a row the reply is given up. */
const MOST_TORN = 12

/**
 * The pieces of one reply, as they come, behind `lastEventId`. Whatever is refused, breaks off or cannot be read is
 * asked for again under the same key, so the bot speaks once, and behind the last good piece, so nothing comes twice.
 */
export async function* requestReply(
  request: ReplyRequest,
  { signal, lastEventId, ...hooks }: FetchEventsOptions & { signal: AbortSignal },
): AsyncGenerator<ReplyPiece> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...request, stream: true }),
    signal,
  }
  const options = { ...POLICY, ...hooks, idempotencyKey: request.metadata.message }
  let last = lastEventId
  for (let torn = 0; torn <= MOST_TORN; torn++) {
    for await (const { id, data } of fetchEvents('v1/chat/completions', init, { ...options, lastEventId: last })) {
      if (data === '[DONE]') return
      const piece = pieceOf(data)
      if (!piece) break
      yield piece
      last = id
      torn = 0
    }
  }
  throw new Error('the reply cannot be read')
}

/** Undefined for an event that was torn on its way. */
function pieceOf(data: string): ReplyPiece | undefined {
  const { error, choices, system_fingerprint: run } = parsed(data) ?? {}
  if (error) throw new Error(error.message)
  return choices && run !== undefined ? { text: choices[0]?.delta.content ?? '', run } : undefined
}

interface Chunk {
  readonly choices?: readonly { readonly delta: { readonly content?: string } }[]
  readonly system_fingerprint?: string
  readonly error?: { readonly message: string }
}

function parsed(data: string): Chunk | undefined {
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}
