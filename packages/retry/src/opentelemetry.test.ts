import { type Span, SpanStatusCode } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { beforeEach, describe, expect, it } from 'vitest'
import { type AttemptContext, classifyError, type RetryOptions, retry } from './index.ts'

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
const tracer = provider.getTracer('recipe')

/** A span for the call, with an event for each retry, and one for each attempt; the names are OpenTelemetry's. */
function tracedRetry<T>(name: string, fn: (context: AttemptContext) => Promise<T>, options: RetryOptions): Promise<T> {
  const inSpan = async <R>(span: Span, run: () => Promise<R>): Promise<R> => {
    try {
      return await run()
    } catch (error) {
      span.setAttribute('error.type', classifyError(error)).setStatus({ code: SpanStatusCode.ERROR })
      span.recordException(error as Error)
      throw error
    } finally {
      span.end()
    }
  }
  const call = tracer.startSpan(name)
  const attempt = (context: AttemptContext): Promise<T> =>
    inSpan(
      tracer.startSpan(`${name} attempt`, { attributes: { 'http.request.resend_count': context.attempt - 1 } }),
      () => fn(context),
    )
  const onRetry: RetryOptions['onRetry'] = ({ errorClass, attempt, delayMs }) =>
    void call.addEvent('retry', {
      'error.type': errorClass,
      'http.request.resend_count': attempt,
      'retry.delay_ms': delayMs,
    })
  return inSpan(call, () => retry(attempt, { onRetry, ...options }))
}

beforeEach(() => {
  exporter.reset()
})

const options: RetryOptions = { baseDelayMs: 1, jitter: 'none', maxRetries: 1 }

describe('the recipe for OpenTelemetry', () => {
  it('makes a span of each attempt and of the call, with an event for the retry', async () => {
    const flaky = async ({ attempt }: AttemptContext) => {
      if (attempt === 1) throw Object.assign(new Error('busy'), { status: 503 })
      return 'done'
    }
    expect(await tracedRetry('load', flaky, options)).toBe('done')
    const spans = exporter.getFinishedSpans()

    expect(spans.map(({ name, attributes }) => [name, attributes])).toEqual([
      ['load attempt', { 'http.request.resend_count': 0, 'error.type': 'server_error' }],
      ['load attempt', { 'http.request.resend_count': 1 }],
      ['load', {}],
    ])
    expect(spans[2]?.events).toMatchObject([
      {
        name: 'retry',
        attributes: { 'error.type': 'server_error', 'http.request.resend_count': 1, 'retry.delay_ms': 1 },
      },
    ])
  })

  it('marks what was given up', async () => {
    const fails = () => Promise.reject(new Error('down'))
    await expect(tracedRetry('load', fails, options)).rejects.toThrow('down')
    const spans = exporter.getFinishedSpans()

    expect(spans.map(({ status }) => status.code)).toEqual([
      SpanStatusCode.ERROR,
      SpanStatusCode.ERROR,
      SpanStatusCode.ERROR,
    ])
    expect(spans[2]?.attributes).toEqual({ 'error.type': 'unknown' })
  })
})
