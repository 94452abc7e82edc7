import { delay } from '@x/retry'
import { ConnectionCut } from './connection-cut.ts'
import type { Fate, Weather } from './faults.ts'
import { problemResponse } from './json.ts'
import { Problem } from './problem.ts'
import { streamOf } from './stream-of.ts'

const SETTLE_MS = 25

/** Sends a request through the weather: it may be slow, be refused, or get an answer that breaks off, falls silent or is torn. */
export async function throughWeather(weather: Weather, send: () => Promise<Response>): Promise<Response> {
  const fate = weather.nextFate()
  await delay(weather.faults.latencyMs)
  if (fate.kind === 'unavailable')
    return problemResponse(new Problem(503, 'unavailable', 'the bot is away for a moment'))
  if (fate.kind === 'rateLimited')
    return problemResponse(
      new Problem(429, 'rate_limited', 'too many requests', {
        'retry-after': String(weather.faults.retryAfterSeconds),
      }),
    )
  const response = await send()
  if (!('afterTokens' in fate) || !response.body) return response
  if (fate.kind === 'dropped' && fate.afterTokens === 0) {
    await response.body.cancel()
    throw new ConnectionCut()
  }
  const body = fate.kind === 'garbled' ? tornOnce(response.body, fate) : endingEarly(response.body, fate)
  return new Response(streamOf(body), response)
}

/** A body that breaks off, or falls silent, when there is more of it than so many chunks. */
async function* endingEarly(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  fate: Fate & { readonly afterTokens: number },
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let left = fate.afterTokens
  for await (const chunk of body) {
    if (left-- <= 0) await broken(fate)
    yield chunk
  }
}

/** A body with one event of which half is missing; the rest follows as if nothing had happened. */
async function* tornOnce(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { afterTokens }: Fate & { readonly afterTokens: number },
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let left = afterTokens
  for await (const chunk of body) {
    yield chunk.subarray(0, left-- === 0 ? chunk.length / 2 : undefined)
    if (left === -1) yield new TextEncoder().encode('\n\n')
  }
}

async function broken({ kind }: Fate): Promise<never> {
  if (kind === 'stalled') await new Promise(() => {})
  // A reset takes along what the client has not read yet: what was sent before gets the time to arrive.
  await delay(SETTLE_MS)
  throw new ConnectionCut()
}
