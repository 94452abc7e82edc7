import type { FetchBody } from './options.ts'

/**
 * Reads a stream of up to `limit` bytes into a blob that can be sent again.
 * A longer one comes back as a stream of the same bytes, to be sent once.
 */
export async function bufferStream(
  body: FetchBody,
  limit: number,
  signal: AbortSignal | null | undefined,
): Promise<{ body: FetchBody; isWhole: boolean }> {
  const stream = new Response(body).body as ReadableStream<Uint8Array<ArrayBuffer>>
  // The pipe cancels the stream when the caller aborts.
  const reader = stream.pipeThrough(new TransformStream(), signal ? { signal } : {}).getReader()
  const chunks: Uint8Array<ArrayBuffer>[] = []
  for (let size = 0; size <= limit; ) {
    const { done, value } = await reader.read()
    if (done) return { body: new Blob(chunks), isWhole: true }
    chunks.push(value)
    size += value.byteLength
  }
  const whole = new ReadableStream({
    async pull(controller) {
      const value = chunks.shift() ?? (await reader.read()).value
      if (value) controller.enqueue(value)
      else controller.close()
    },
    cancel: reason => reader.cancel(reason),
  })
  return { body: whole, isWhole: false }
}
