export interface StreamEvent {
  readonly id: string
  readonly data: string
}

/** The events of a `text/event-stream` body; one that was cut off in its middle is left out. */
export async function* serverEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader()
  let buffered = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      buffered += value
      const blocks = buffered.split(/\r?\n\r?\n/)
      buffered = blocks.pop() ?? ''
      for (const block of blocks) yield parse(block)
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function parse(block: string): StreamEvent {
  const fields = { id: '', data: '' }
  for (const line of block.split(/\r?\n/)) {
    const [, name = '', value = ''] = /^(\w+):? ?(.*)$/.exec(line) ?? []
    if (name === 'id') fields.id = value
    if (name === 'data') fields.data += (fields.data && '\n') + value
  }
  return fields
}
