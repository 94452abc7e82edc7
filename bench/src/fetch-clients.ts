import { createFetch, fetchEvents, fetchResumable } from '@x/fetch-retry'
import axios from 'axios'
import axiosRetry, { exponentialDelay } from 'axios-retry'
import fetchRetry from 'fetch-retry'
import got from 'got'
import ky, { HTTPError } from 'ky'
import { createFetch as createOfetch, ofetch } from 'ofetch'
import { Agent, RetryAgent, Request as UndiciRequest, fetch as undiciFetch } from 'undici'
import { answerOf, type Client, DELAY_MS, initOf, RETRIES, responseOf, streamOf } from './fetch-client.ts'
import { moreClients } from './fetch-more-clients.ts'

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
const plainAxios = axios.create()
axiosRetry(plainAxios, { retries: RETRIES })
const agent = new RetryAgent(new Agent(), { maxRetries: RETRIES, minTimeout: DELAY_MS, throwOnError: false })

export const clients: readonly Client[] = [
  {
    name: '@x/fetch-retry',
    async send(url, { timeoutMs, ...sent }) {
      return answerOf(await oursWithoutKeys(url, { ...initOf(sent), retry: { timeoutMs } }))
    },
    sendPlain: createFetch(),
    sendRequest: async request => answerOf(await oursWithoutKeys(request)),
    sendOver: (send, url) => createFetch({ fetch: send, baseDelayMs: DELAY_MS })(url),
    sendWithin: (url, deadlineMs) => oursWithoutKeys(url, { retry: { deadlineMs } }),
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
    sendPlain: url => ky(url, { retry: RETRIES }),
    sendRequest: async request => answerOf(await ky(request, { retry: { limit: RETRIES, backoffLimit: DELAY_MS } })),
    sendOver: (send, url) => ky(url, { fetch: send, retry: { limit: RETRIES, backoffLimit: DELAY_MS } }),
    sendWithin: (url, totalTimeout) => ky(url, { totalTimeout }),
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
    sendPlain: url => got(url),
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
    sendPlain: url => ofetch(url, { retry: RETRIES }),
    sendRequest: async request => ({
      status: 200,
      text: await ofetch(request, { responseType: 'text', retry: RETRIES }),
    }),
    sendOver: (send, url) => createOfetch({ fetch: send })(url, { retry: RETRIES }),
  },
  {
    name: 'fetch-retry',
    send: async (url, sent) => answerOf(await classic(url, initOf(sent) as never)),
    sendPlain: url => classic(url, { retryDelay: 1000 } as never),
    sendRequest: async request => answerOf(await classic(request as never)),
    sendOver: (send, url) => fetchRetry(send, { retries: RETRIES, retryDelay: DELAY_MS })(url),
  },
  {
    name: 'axios-retry',
    async send(url, { method = 'GET', body, signal, timeoutMs = 0 }) {
      const data = streamOf(body)
      const response = await axiosClient
        .request({ url, method, data, timeout: timeoutMs, responseType: 'text', ...(signal && { signal }) })
        .catch(responseOf)
      return { status: response.status, text: String(response.data ?? '') }
    },
    sendPlain: url => plainAxios.get(url),
  },
  {
    name: 'RetryAgent',
    send: async (url, sent) =>
      answerOf((await undiciFetch(url, { ...initOf(sent), dispatcher: agent } as never)) as unknown as Response),
    sendPlain: url => undiciFetch(url, { dispatcher: new RetryAgent(new Agent()) }),
    sendRequest: async ({ url, method, body }) =>
      answerOf(
        (await undiciFetch(new UndiciRequest(url, { method, body, duplex: 'half' } as never), {
          dispatcher: agent,
        })) as unknown as Response,
      ),
  },
  ...moreClients,
]

/** Ours with the one option that makes a POST safe to repeat. */
export const keyed: Client = {
  name: '@x/fetch-retry',
  send: async (url, sent) => answerOf(await ours(url, initOf(sent))),
}

/** Ours for a file. */
export const resumable: Client = {
  name: '@x/fetch-retry',
  send: async url => answerOf(await fetchResumable(url, {}, { baseDelayMs: DELAY_MS })),
}

/** Ours for events. */
export const resumedEvents: Client = {
  name: '@x/fetch-retry',
  async send(url) {
    let text = ''
    for await (const { data } of fetchEvents(url, {}, { reconnectMs: DELAY_MS })) text += data
    return { status: 200, text }
  },
}
