import { Readable } from 'node:stream'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import { createFetch } from '@x/fetch-retry'
import axios from 'axios'
import axiosRetry, { exponentialDelay } from 'axios-retry'
import fetchRetry from 'fetch-retry'
import got from 'got'
import ky, { HTTPError } from 'ky'
import { ofetch } from 'ofetch'
import { Agent, RetryAgent, fetch as undiciFetch } from 'undici'

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
}

const RETRIES = 2
const DELAY_MS = 50

function initOf({ method, body, signal }: Sent): RequestInit {
  return { ...(method && { method }), ...(body && { body, duplex: 'half' }), ...(signal && { signal }) }
}
const answerOf = async (response: Response): Promise<Answer> => ({
  status: response.status,
  text: await response.text(),
})
const streamOf = (body: Sent['body']) =>
  typeof body === 'object' ? Readable.fromWeb(body as unknown as NodeStream) : body

/** The response that an error of these clients carries, or the error. */
function responseOf(error: { readonly response?: never }): never {
  if (error.response) return error.response
  throw error
}

const ours = createFetch({
  maxRetries: RETRIES,
  baseDelayMs: DELAY_MS,
  jitter: 'none',
  factor: 1,
  idempotencyKey: 'auto',
})
const oursWithoutKeys = createFetch({ maxRetries: RETRIES, baseDelayMs: DELAY_MS, jitter: 'none', factor: 1 })
const classic = fetchRetry(fetch, { retries: RETRIES, retryDelay: DELAY_MS, retryOn: [429, 503] })
const axiosClient = axios.create({ validateStatus: () => true })
axiosRetry(axiosClient, {
  retries: RETRIES,
  retryDelay: (count, error) => exponentialDelay(count, error, DELAY_MS),
  validateResponse: ({ status }) => status < 400,
})
const agent = new RetryAgent(new Agent(), { maxRetries: RETRIES, minTimeout: DELAY_MS, throwOnError: false })

export const clients: readonly Client[] = [
  {
    name: '@x/fetch-retry',
    async send(url, { timeoutMs, ...sent }) {
      return answerOf(await oursWithoutKeys(url, { ...initOf(sent), retry: { timeoutMs } }))
    },
  },
  {
    name: 'ky',
    async send(url, sent) {
      const retry = { limit: RETRIES, backoffLimit: DELAY_MS, retryOnTimeout: true }
      const options = { ...initOf(sent), retry, timeout: sent.timeoutMs ?? 10_000 }
      try {
        return await answerOf(await ky(url, options as never))
      } catch (error) {
        // It has read the body of the response for its error.
        if (!(error instanceof HTTPError)) throw error
        return { status: error.response.status, text: String(error.data) }
      }
    },
  },
  {
    name: 'got',
    async send(url, { method, body, signal, timeoutMs }) {
      const response = await got(url, {
        method: (method ?? 'GET') as 'GET',
        ...(body && { body: streamOf(body) as string }),
        ...(signal && { signal }),
        ...(timeoutMs && { timeout: { response: timeoutMs } }),
        retry: { limit: RETRIES, backoffLimit: DELAY_MS },
        throwHttpErrors: false,
      })
      return { status: response.statusCode, text: response.body }
    },
  },
  {
    name: 'ofetch',
    async send(url, sent) {
      // A number counts for every method; without one, a POST is sent once.
      const retry = sent.method === 'POST' ? {} : { retry: RETRIES, retryDelay: DELAY_MS }
      const timeout = sent.timeoutMs === undefined ? {} : { timeout: sent.timeoutMs }
      const options = { ...initOf(sent), ...retry, ...timeout, responseType: 'text' }
      const response = await ofetch.raw(url, options as never).catch(responseOf)
      return { status: response.status, text: String(response._data ?? '') }
    },
  },
  {
    name: 'fetch-retry',
    send: async (url, sent) => answerOf(await classic(url, initOf(sent) as never)),
  },
  {
    name: 'axios-retry',
    async send(url, { method = 'GET', body, signal, timeoutMs = 0 }) {
      const data = streamOf(body)
      const response = await axiosClient
        .request({ url, method, data, timeout: timeoutMs, responseType: 'text', ...(signal && { signal }) })
        .catch(responseOf)
      return { status: response.status, text: String(response.data) }
    },
  },
  {
    name: 'RetryAgent',
    send: async (url, sent) =>
      answerOf((await undiciFetch(url, { ...initOf(sent), dispatcher: agent } as never)) as unknown as Response),
  },
]

/** Ours with the one option that makes a POST safe to repeat. */
export const keyed: Client = {
  name: '@x/fetch-retry',
  send: async (url, sent) => answerOf(await ours(url, initOf(sent))),
}
