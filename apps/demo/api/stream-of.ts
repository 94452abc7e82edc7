/** A body made of what a generator yields, as it is asked for. (`ReadableStream.from` is not in every browser.) */
export function streamOf(chunks: AsyncGenerator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await chunks.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      // Not awaited: a generator in mid-wait returns after the wait.
      cancel: () => void chunks.return(undefined),
    },
    { highWaterMark: 0 },
  )
}
