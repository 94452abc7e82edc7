import { Gaxios } from 'gaxios'
import { up } from 'up-fetch'
import wretch from 'wretch'
import { retry as wretchRetry } from 'wretch/middlewares'
import { type Answer, type Client, DELAY_MS, initOf, RETRIES, responseOf, streamOf } from './fetch-client.ts'

const upfetchOver = (send: typeof fetch) =>
  up(send, () => ({
    retry: { attempts: RETRIES, delay: DELAY_MS },
    parseResponse: async (response: Response): Promise<Answer> => ({
      status: response.status,
      text: await response.text(),
    }),
  }))
const upfetch = upfetchOver((...args) => fetch(...args))

const wretched = (url: string, delayTimer = DELAY_MS) =>
  wretch(url).middlewares([wretchRetry({ delayTimer, maxAttempts: RETRIES })])

const gaxios = new Gaxios()
const retryConfig = { retry: RETRIES, noResponseRetries: RETRIES, retryDelay: DELAY_MS }

export const moreClients: readonly Client[] = [
  {
    name: 'up-fetch',
    send: (url, { timeoutMs, ...sent }) =>
      upfetch(url, { ...initOf(sent), ...(timeoutMs && { timeout: timeoutMs }) } as never),
    sendPlain: url => upfetch(url, { retry: { attempts: RETRIES } } as never),
    sendRequest: request => upfetch(request as never),
    sendOver: (send, url) => upfetchOver(send)(url),
  },
  {
    name: 'wretch',
    send: (url, { timeoutMs: _, ...sent }) =>
      wretched(url)
        .options(initOf(sent) as never)
        .fetch(sent.method ?? 'GET')
        .res(async response => ({ status: response.status, text: await response.text() })),
    sendPlain: url => wretched(url, 500).get().res(),
    sendOver: (send, url) => wretched(url).fetchPolyfill(send).get().res(),
  },
  {
    name: 'gaxios',
    async send(url, { method = 'GET', body, signal, timeoutMs }) {
      const response = await gaxios
        .request<string>({
          url,
          method: method as 'GET',
          responseType: 'text',
          retryConfig,
          ...(body && { data: streamOf(body) as string }),
          ...(signal && { signal }),
          ...(timeoutMs && { timeout: timeoutMs }),
        })
        .catch(responseOf)
      return { status: response.status, text: String(response.data ?? '') }
    },
    sendPlain: url => gaxios.request({ url, retryConfig: { retry: RETRIES } }),
    sendOver: (send, url) => gaxios.request({ url, retryConfig, fetchImplementation: send }),
    sendWithin: (url, totalTimeout) => gaxios.request({ url, retryConfig: { ...retryConfig, totalTimeout } }),
  },
]
