import type { FetchBody, FetchInput, FetchRetryOptions } from './options.ts'
import { readUpTo } from './read-up-to.ts'

/** What to hand to `fetch`, once per attempt. */
export interface Replay {
  /** Whether another attempt would send the same bytes; final once `next()` has resolved. */
  isReplayable(): boolean
  next(): Promise<[input: FetchInput, init: RequestInit]>
  /** Lets go of what was kept for attempts that will not come. */
  end(): void
}

/**
 * Keeps what one call sends so that each attempt sends the same bytes.
 *
 * Strings and blobs cannot change. Buffers, `URLSearchParams` and forms are encoded once, since their owner may change
 * them and each encoding of a form invents a new boundary. A `Request` is cloned, since a used one can neither be sent
 * again nor cloned. A stream is sent once, unless it fits into `bufferBody` bytes or `body()` makes a new one for each
 * attempt.
 */
export function createReplay(input: FetchInput, init: RequestInit, options: FetchRetryOptions): Replay {
  const { body: makeBody, bufferBody } = options
  const request = Object(input) as Partial<Request>
  const { headers = request.headers } = init
  const body = makeBody ? undefined : init.body
  const cloned = !makeBody && !body && request.body ? (input as Request) : undefined
  // By what they have, so that those of another realm count too; only blobs have a `stream()`.
  const { getReader, [Symbol.asyncIterator]: iterate, stream } = Object(body)
  const isStream = getReader ?? iterate
  const isMutable = typeof body === 'object' && !isStream && !stream
  let isReplayable = !isStream
  let kept: Promise<RequestInit> | undefined

  async function keep(): Promise<RequestInit> {
    if (isMutable) return encode(body as FetchBody, headers)
    if (isReplayable || !bufferBody) return {}
    const whole = new Response(body).body as ReadableStream<Uint8Array<ArrayBuffer>>
    // Through something that ends when the caller aborts.
    const [read, unread] = whole.pipeThrough(new TransformStream(), { signal: init.signal as AbortSignal }).tee()
    const chunks = await readUpTo(bufferBody, read.getReader())
    isReplayable = chunks !== undefined
    return { body: chunks ? new Blob(chunks) : unread }
  }

  return {
    isReplayable: () => isReplayable,
    async next() {
      // The first attempt comes within the call, before the owner of the body can change it.
      if (body) kept ??= keep()
      // Streams want to be told that they are sent before the answer comes, and others do not mind.
      return [
        cloned?.clone() ?? input,
        { ...init, ...(makeBody ? { body: await makeBody(), duplex: 'half' } : await kept) },
      ]
    },
    end() {
      // Frees what `clone()` buffers, and leaves `bodyUsed` as `fetch` does.
      cloned?.body?.cancel().catch(() => {})
    },
  }
}

async function encode(body: FetchBody, given: RequestInit['headers']): Promise<RequestInit> {
  const encoded = new Response(body)
  // With the type that comes of the body; not that of the blob, which is lower case, and boundaries are not.
  const { headers } = encoded
  for (const [name, value] of new Headers(given)) headers.set(name, value)
  return { body: await encoded.blob(), headers }
}
