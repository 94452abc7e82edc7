/** Reads the chunks of a body to its end, or cancels it and gives `undefined` when there are more than `limit` bytes. */
export async function readUpTo(
  limit: number,
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer>[] | undefined> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  for (let size = 0; size <= limit; ) {
    const { done, value } = await reader.read()
    if (done) return chunks
    chunks.push(value)
    size += value.byteLength
  }
  reader.cancel().catch(() => {})
  return undefined
}
