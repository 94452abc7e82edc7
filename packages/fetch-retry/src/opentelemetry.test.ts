import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFetch, type FetchRetryOptions, type RetryFetch, type RetryRequestInit } from './index.ts'
import { type FaultServer, faultServer } from './testing.ts'

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
const tracer = provider.getTracer('recipe')

/** What a call shares with its attempts: `fetch` hands on the fields of `init` that it does not know. */
interface Call {
  resends: number
}

/**
 * A client span for each attempt, as OpenTelemetry's conventions for HTTP ask for: resends have spans of their own,
 * numbered by `http.request.resend_count`. The `fetch` option is called once per attempt, so it is its start and end.
 */
function tracedFetch(options: FetchRetryOptions = {}): RetryFetch {
  const send = createFetch({
    ...options,
    async fetch(input, init?: RequestInit & { call?: Call }) {
      const { url, method } = input instanceof Request ? input : { url: input, method: 'GET' }
      const { origin, pathname, hostname, port, protocol } = new URL(url)
      const attributes: Attributes = {
        'http.request.method': init?.method ?? method,
        'url.full': origin + pathname, // a query may hold secrets
        'server.address': hostname,
        'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
      }
      const resends = init?.call ? init.call.resends++ : 0
      if (resends > 0) attributes['http.request.resend_count'] = resends
      return inSpan(tracer.startSpan(`${attributes['http.request.method']}`, { attributes }), () => fetch(input, init))
    },
  })
  return (input, init) => send(input, { ...init, call: { resends: 0 } } as RetryRequestInit)
}

async function inSpan(span: Span, run: () => Promise<Response>): Promise<Response> {
  const fail = (type: string) => span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR })
  try {
    const response = await run()
    span.setAttribute('http.response.status_code', response.status)
    if (response.status >= 400) fail(`${response.status}`)
    return response
  } catch (error) {
    const { name, cause } = error as Error
    fail((cause as { code?: string } | undefined)?.code ?? name)
    throw error
  } finally {
    span.end()
  }
}

describe('the recipe for OpenTelemetry', () => {
  let server: FaultServer

  beforeAll(async () => {
    server = await faultServer()
  })
  afterAll(() => server.close())
  beforeEach(() => {
    exporter.reset()
  })

  it('makes a span of each attempt, and counts the resends of each call', async () => {
    const url = server.plan('/flaky', { status: 503 }, { fault: 'reset-before-headers' }, { body: 'fine' })
    const fetch = tracedFetch({ baseDelayMs: 1 })

    await (await fetch(`${url}?token=secret`)).text()
    await (await fetch(new Request(url, { method: 'PUT', body: 'x' }))).text()
    const { port } = new URL(url)

    const common = { 'url.full': url, 'server.address': '127.0.0.1', 'server.port': Number(port) }
    const get = { ...common, 'http.request.method': 'GET' }
    expect(exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes])).toEqual([
      ['GET', { ...get, 'http.response.status_code': 503, 'error.type': '503' }],
      [
        'GET',
        { ...get, 'http.request.resend_count': 1, 'error.type': expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) },
      ],
      ['GET', { ...get, 'http.request.resend_count': 2, 'http.response.status_code': 200 }],
      ['PUT', { ...common, 'http.request.method': 'PUT', 'http.response.status_code': 200 }],
    ])
  })
})
