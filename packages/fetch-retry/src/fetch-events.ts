import { delay, delayFromError } from '@x/retry'
import { afterBreak } from './after-break.ts'
import { describeRequest } from './describe-request.ts'
import { EventParser, type ServerSentEvent } from './event-parser.ts'
import { fetchCall } from './fetch-call.ts'
import { keyedHeaders } from './idempotency-key.ts'
import { merge } from './merge.ts'
import {
  AMOUNT,
  type CreateFetchOptions,
  checkOption,
  checkOptions,
  type FetchInput,
  type FetchRetryOptions,
} from './options.ts'
import { SHARED_ORIGINS } from './per-origin.ts'
import { releaseResponse } from './release-response.ts'
import { createReplay } from './replay.ts'
import { isIdempotent } from './retry-rules.ts'
import { takeRequest } from './take-request.ts'

/** How a stream of events is connected and connected again. */
export interface FetchEventsOptions extends FetchRetryOptions {
  /** The `fetch` to build upon. @defaultValue `globalThis.fetch` */
  readonly fetch?: typeof fetch | undefined
  /**
   * Where to go on: the id of the last event that is known already.
   * @defaultValue none
   */
  readonly lastEventId?: string | undefined
  /**
   * Milliseconds from a break to the next connection, at least; a `retry:` of the stream takes its place.
   * @defaultValue 1000
   */
  readonly reconnectMs?: number | undefined
  /**
   * Whether to connect again when the stream has ended properly, as `EventSource` does.
   * @defaultValue true for GET, false for other methods
   */
  readonly reconnectOnEnd?: boolean | undefined
}

const MAX_RETRIES = 3
const RECONNECT_MS = 1000
const MAX_DELAY_MS = 20_000
const MAX_RETRY_AFTER_MS = 60_000

/**
 * Iterates over server-sent events, and connects again where the stream breaks off.
 *
 * A new connection asks for what came after the last event (`Last-Event-ID`), waits as long as the stream (`retry:`)
 * or the server asks, and fails as {@link createFetch} does after `maxRetries` attempts in a row; a connection that broke
 * before an event or a comment counts as one. `bodyTimeoutMs` is the silence, comments included, after which a
 * connection is taken for dead. A 204 ends the iteration, and so does leaving
 * the loop; the caller's `init.signal` makes it reject at once with its reason.
 *
 * What may not be sent twice is not connected again: a POST needs an `Idempotency-Key`, and, once it has delivered
 * something, ids in its events. So an event is never delivered twice, unless the server repeats it.
 *
 * @throws {@link HttpError} for a status from 400 on that no retry cured; a TypeError for an answer that is no
 * event stream; what broke the stream where it may not be connected again.
 * @example
 * ```ts
 * import { fetchEvents } from '@x/fetch-retry'
 * import { faultServer } from '@x/fetch-retry/testing'
 *
 * await using server = await faultServer()
 * const headers = { 'content-type': 'text/event-stream' }
 * const url = server.plan(
 *   '/chat',
 *   { headers, body: 'id: 1\ndata: Hel\n\nid: 2\ndata: lo\n\n', fault: 'truncated-body', faultAfter: 25 },
 *   { headers, body: 'id: 2\ndata: lo\n\n' },
 * )
 *
 * let text = ''
 * const init = { method: 'POST', body: '{"prompt":"Hi"}' }
 * for await (const { data } of fetchEvents(url, init, { idempotencyKey: 'auto', reconnectMs: 10 })) text += data
 * text // => 'Hello'
 * server.requests[1].headers['last-event-id'] // => '1'
 * ```
 */
export async function* fetchEvents(
  input: FetchInput,
  init?: RequestInit,
  options: FetchEventsOptions = {},
): AsyncGenerator<ServerSentEvent, void, undefined> {
  checkOptions(options)
  checkOption('reconnectMs', options.reconnectMs, AMOUNT)
  const [target, own] = takeRequest(input, init)
  const described = describeRequest(target, own)
  const { method, signal } = described
  const isSafe = isIdempotent(method, options.methods)
  const keyed = isSafe ? undefined : keyedHeaders(described, options)
  const { reconnectOnEnd = method === 'GET', maxRetries = MAX_RETRIES } = options
  const replay = createReplay(target, { ...own, headers: keyed ?? new Headers(described.headers) }, options)
  let reconnectMs = options.reconnectMs ?? RECONNECT_MS
  let lastEventId = options.lastEventId ?? ''
  let hasDelivered = false
  let isReconnecting = false
  /** In a row. */
  let idleBreaks = 0
  let broken: { readonly error: unknown } | undefined

  async function connect(): Promise<Response> {
    const [next, prepared] = await replay.next()
    const headers = new Headers(prepared.headers)
    if (!headers.has('accept')) headers.set('accept', 'text/event-stream')
    if (lastEventId) headers.set('last-event-id', toByteString(lastEventId))
    const grownMs = Math.min(reconnectMs * 2 ** (idleBreaks - 1), options.maxDelayMs ?? MAX_DELAY_MS)
    const leastMs = Math.max(reconnectMs, grownMs)
    const reconnecting = isReconnecting && {
      delayFromError: (error: unknown) => Math.max(leastMs, delayFromError(error) ?? 0),
      maxRetryAfterMs: Math.max(leastMs, options.maxRetryAfterMs ?? MAX_RETRY_AFTER_MS),
    }
    const send = afterBreak(options.fetch, broken)
    broken = undefined
    isReconnecting = true
    const connecting = { ...options, ...reconnecting, body: undefined, throwOnError: true, fetch: send }
    return fetchCall(next, { ...prepared, headers }, merge<CreateFetchOptions>({}, connecting), SHARED_ORIGINS)
  }

  function breakOff(error: unknown): void {
    signal?.throwIfAborted()
    broken = { error }
  }

  try {
    for (;;) {
      const response = await connect()
      if (response.status === 204) return
      checkType(response)
      const parser = new EventParser(lastEventId)
      for await (const text of textOf(response, breakOff)) {
        const events = parser.push(text)
        reconnectMs = parser.reconnectMs ?? reconnectMs
        for (const event of events) {
          hasDelivered = true
          yield event
          signal?.throwIfAborted()
        }
      }
      if (!broken && !reconnectOnEnd) return
      ;({ lastEventId } = parser)
      idleBreaks = broken && !parser.isAlive ? idleBreaks + 1 : 0
      // A proper end is no failure, and yet many clients may see it at once.
      if (!broken) await delay(reconnectMs * (1 + (options.random ?? Math.random)() / 4), { signal })
      const mayResume = isSafe || (keyed !== undefined && (!hasDelivered || lastEventId !== ''))
      if (broken && !(mayResume && replay.isReplayable() && idleBreaks <= maxRetries)) throw broken.error
    }
  } finally {
    replay.end()
  }
}

function checkType(response: Response): void {
  const type = response.headers.get('content-type')
  if (/^text\/event-stream\s*(;|$)/i.test(type ?? '')) return
  releaseResponse(response)
  throw new TypeError(`Expected text/event-stream, got ${type}`)
}

async function* textOf(
  { body }: Response,
  breakOff: (error: unknown) => void,
): AsyncGenerator<string, void, undefined> {
  const reader = body?.getReader()
  const decoder = new TextDecoder()
  try {
    for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
      yield decoder.decode(chunk.value, { stream: true })
    }
  } catch (error) {
    breakOff(error)
  } finally {
    reader?.cancel().catch(() => {})
  }
}

/** A header holds bytes, and an id is text: it goes as UTF-8. */
function toByteString(text: string): string {
  return Array.from(new TextEncoder().encode(text), byte => String.fromCharCode(byte)).join('')
}
