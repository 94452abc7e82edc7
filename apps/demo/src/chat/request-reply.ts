import { createFetch, type FetchRetryOptions } from '@x/fetch-retry'
import { isRetryable, NonRetryableError, retry } from '@x/retry'
import type { CallTrace } from '../xray/retry-trace.ts'
import { serverEvents } from './server-events.ts'

export interface ReplyRequest {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly metadata: { readonly client: string; readonly chat: string; readonly message: string }
}

export interface ReplyHandlers {
  /** The server begins or goes on; `run` names the run of the server that numbers the tokens. */
  begin(run: string): Promise<void>
  write(text: string): void
  /** Nothing came of the last attempt, and the next one comes later. */
  waiting(): void
}

const POLICY: FetchRetryOptions = {
  maxRetries: 8,
  baseDelayMs: 150,
  maxDelayMs: 3000,
  timeoutMs: 10_000,
  bodyTimeoutMs: 2500,
}
const MOST_FRUITLESS = 8

/** The server no longer knows the reply that it had begun: it was started anew. */
export class ReplyForgottenError extends Error {
  override readonly name = 'ReplyForgottenError'
}

/**
 * Reads one reply to its end. Refusals and failed connections are retried by `createFetch`; a stream that breaks is
 * asked for again behind the last token that came, as is a reply of which `received` tokens are there already. The key is the same each time, so the bot speaks once.
 */
export async function requestReply(
  request: ReplyRequest,
  handlers: ReplyHandlers,
  { received: before, trace, signal }: { received: number; trace: CallTrace; signal: AbortSignal },
): Promise<void> {
  let received = before
  let fruitless = 0
  const onRetry = (decision: { readonly delayMs: number; readonly error: unknown }): void => {
    trace.retrying(decision)
    handlers.waiting()
  }
  const fetchReply = createFetch({ ...POLICY, fetch: trace.fetch, onRetry })

  const readOn = async (attemptSignal: AbortSignal): Promise<void> => {
    const response = await fetchReply('/v1/chat/completions', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': request.metadata.message,
        ...(received > 0 ? { 'last-event-id': String(received) } : {}),
      },
      body: JSON.stringify({ ...request, stream: true }),
      signal: attemptSignal,
    })
    if (!response.ok || !response.body) throw new NonRetryableError('refused', { cause: await refusalOf(response) })
    await handlers.begin(response.headers.get('x-run') ?? '')
    for await (const { id, data } of serverEvents(response.body)) {
      if (data === '[DONE]') return
      if (!id) continue
      handlers.write(JSON.parse(data).choices[0].delta.content)
      received = Number(id)
      fruitless = 0
    }
    throw new Error('the stream ended before [DONE]')
  }

  await retry(
    async attempt => {
      try {
        await readOn(attempt.signal)
        trace.bodyComplete()
      } catch (error) {
        trace.bodyFailed(error)
        throw error
      }
    },
    {
      signal,
      maxRetries: Number.POSITIVE_INFINITY,
      // A stream that brought something before it broke is progress: only attempts in vain count.
      shouldRetry: ({ error }) => isRetryable(error) && ++fruitless <= MOST_FRUITLESS,
      backoff: () => 100 * 2 ** fruitless,
      maxDelayMs: 3000,
      onRetry,
    },
  )
}

async function refusalOf(response: Response): Promise<Error> {
  const body = await response.json().catch(() => undefined)
  if (body?.error?.code === 'unknown_generation') return new ReplyForgottenError(body.error.message)
  return new Error(body?.error?.message ?? `the server answered ${response.status}`)
}
