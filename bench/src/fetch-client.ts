import { Readable } from 'node:stream'
import type { ReadableStream as NodeStream } from 'node:stream/web'

export interface Sent {
  readonly method?: string
  readonly body?: string | ReadableStream<Uint8Array>
  readonly signal?: AbortSignal
  /** For one attempt, where the client has such a thing. */
  readonly timeoutMs?: number
}

export interface Answer {
  readonly status: number
  readonly text: string
}

/** One of the clients, set to 2 retries about 50 ms apart and otherwise left as it is. */
export interface Client {
  readonly name: string
  send(url: string, sent: Sent): Promise<Answer>
  /** With its own delays. */
  sendPlain?(url: string): Promise<unknown>
  /** Where it stands for `fetch`, or takes what `fetch` takes. */
  sendRequest?(request: Request): Promise<Answer>
  /** Where a `fetch` can be put under it. */
  sendOver?(send: typeof fetch, url: string): Promise<unknown>
  /** Where all attempts can be bounded together. */
  sendWithin?(url: string, totalMs: number): Promise<unknown>
}

export const RETRIES = 2
export const DELAY_MS = 50

export function initOf({ method, body, signal }: Sent): RequestInit {
  return { ...(method && { method }), ...(body && { body, duplex: 'half' }), ...(signal && { signal }) }
}
export const answerOf = async (response: Response): Promise<Answer> => ({
  status: response.status,
  text: await response.text(),
})
export const streamOf = (body: Sent['body']) =>
  typeof body === 'object' ? Readable.fromWeb(body as unknown as NodeStream) : body

/** The response that an error of these clients carries, or the error. */
export function responseOf(error: { readonly response?: never }): never {
  if (error.response) return error.response
  throw error
}
